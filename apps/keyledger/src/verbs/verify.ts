/**
 * `keyledger verify`: re-reads a whole log from its file and judges every entry, checkpoint, approval, act and certificate
 * anew. It asks no platform, changes nothing, and names the first position that does not hold.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SideStore } from '#apps/platform/src/provider/side-store.ts';
import type { LogRow } from '#libs/event-store/log-row.ts';
import type { LogReader } from '#libs/event-store/log-reader.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import { fromBase64url, toHex } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { StatedPolicy } from '#libs/kernel/witness-policy.ts';
import type { Finding } from '#libs/proof/finding.ts';
import { Replay, type Summary, isFinding } from '#libs/proof/replay.ts';
import { type StoredCheckpoint, readCheckpoints } from '#libs/seal/checkpoint-file.ts';
import { type WitnessPolicy, parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { type Cosigned, isCosignedUnder, readCosigned } from '#libs/seal/cosigned-file.ts';
import { type NoteKey, parseNoteKey } from '#libs/seal/note-key.ts';
import { introducedKey } from '#libs/proof/log-keys.ts';
import { policiesOver } from '#libs/proof/witnesses.ts';
import { type NamedMoment, verifyLog } from '#libs/seal/verify-log.ts';
import { shortPosition } from '../story/teller.ts';
import type { Terminal } from '../terminal.ts';
import { KeptTokens } from './kept-tokens.ts';
import { type EventPlace, couldNotRun, countedEvents, eventPlace, withEventFile } from './event-file.ts';

export interface VerifyOptions {
  readonly folder: string;
  /** File with a signed note that was kept elsewhere: what shows a log cut or forked together with its checkpoints. */
  readonly checkpoint?: string;
}

interface Held extends Summary {
  readonly is: 'held';
  readonly root: string;
  /** Events under a signed checkpoint. */
  readonly sealed: number;
  /** Events under a checkpoint that as many witnesses as the founding asks for cosigned; null where it asks for none. */
  readonly witnessed: number | null;
  /** Sign-ins by a provider, and those whose ID token lies beside the record and carries them. */
  readonly byProvider: { readonly all: number; readonly carried: number };
}

type Verdict = Held | (Finding & { readonly is: 'finding' });

/** The exit code of a record that holds by itself, and of which the witnesses of its founding have said nothing. */
export const NOT_WITNESSED = 3;

/** What a judged record ends with. 0: all held. 1: something did not. 2: there was nothing to judge. 3: NOT_WITNESSED. */
export type VerifyCode = 0 | 1 | 2 | typeof NOT_WITNESSED;

/** Whoever holds the log key can cut the log and take the cosigned checkpoint away with it: so that is never a plain 0. */
export async function verify({ folder, checkpoint }: VerifyOptions, terminal: Terminal): Promise<VerifyCode> {
  const place = eventPlace(folder);
  const kept = await keptNote(checkpoint);
  if (isRefusal(kept)) return couldNotRun(terminal, kept);
  const checkpoints = await readCheckpoints(place.checkpoints); // before the events: a log only grows
  const judged = await withEventFile(place, async (reader) => ({
    verdict: await verdictOn(reader, { place, checkpoints, kept }, terminal),
    alterations: await reader.alterations(),
  }));
  if (isRefusal(judged)) return couldNotRun(terminal, judged);
  const { verdict, alterations } = judged;
  if (isRefusal(verdict)) return couldNotRun(terminal, verdict);
  return tell(terminal, verdict, alterations);
}

async function keptNote(file: string | undefined): Promise<string | null | Refusal> {
  if (file === undefined) return null;
  return readFile(file, 'utf8').catch(() =>
    refuse('CHECKPOINT_UNREADABLE', `The checkpoint kept elsewhere, ${file}, cannot be read.`),
  );
}

interface Shown {
  readonly place: EventPlace;
  readonly checkpoints: readonly StoredCheckpoint[] | Refusal;
  readonly kept: string | null;
}

async function verdictOn(
  reader: LogReader,
  { place, checkpoints, kept }: Shown,
  terminal: Terminal,
): Promise<Verdict | Refusal> {
  const first = await firstRow(reader);
  if (isRefusal(checkpoints)) return atFirst(first, checkpoints);
  if (first === null && checkpoints.length === 0 && kept === null)
    return refuse('NOTHING_TO_VERIFY', `The event file ${place.events} holds no event yet.`);
  const pinned = pinnedIn(first);
  if (isRefusal(pinned)) return atFirst(first, pinned);
  const cosigned = readCosigned(place.cosigned);
  if (isRefusal(cosigned)) return atFirst(first, cosigned);
  const walk = new Replay();
  const tokens = new KeptTokens(new SideStore(dirname(place.events)));
  const total = await countedEvents(reader);
  const seal = await verifyLog({
    events: judgedOnTheWay(reader, { walk, tokens }, (done) => terminal.progress('Verifying', done, total)),
    checkpoints,
    logKey: pinned.logKey,
    introduces: introducedKey,
    identity: await reader.identity(),
    named: () => momentsOf(walk),
    ...(kept === null ? {} : { keptCheckpoint: kept }),
    ...(cosigned === null ? {} : { cosigned: cosigned.checkpoint.note }),
  });
  if (!seal.held) return findingOfSeal(reader, { ...seal, why: `${seal.why}${narrowed(seal.what, walk.finding)}` });
  const walked = walk.end();
  const result = isFinding(walked) ? walked : (tokens.finding ?? walked);
  if (isFinding(result)) return { is: 'finding', ...result };
  const unseen = cosigned === null ? null : isCosignedUnder(cosigned, policiesOf(walk, cosigned));
  if (unseen !== null) return atFirst(first, unseen);
  return {
    is: 'held',
    ...result,
    root: toHex(seal.root),
    sealed: seal.size,
    witnessed: pinned.stated.quorum === 0 ? null : (cosigned?.checkpoint.size ?? 0),
    byProvider: tokens.counts,
  };
}

/** By the record that was judged whole: nobody else says who its witnesses are. */
function policiesOf({ known }: Replay, { checkpoint: { size } }: Cosigned): readonly WitnessPolicy[] {
  return policiesOver(known.witnessPolicies, size);
}

/** Moments from which signing keys were disabled: their roots stand in orders and on stations' lists. */
function momentsOf({ known }: Replay): readonly NamedMoment[] {
  return [...known.disabled.values()].flatMap(({ moment, position }) =>
    moment === null ? [] : [{ position, size: moment.size, root: fromBase64url(moment.root) ?? new Uint8Array() }],
  );
}

/** Every row is judged twice on its way: by what it says and by the seal, whose finding comes first. */
async function* judgedOnTheWay(
  reader: LogReader,
  { walk, tokens }: { readonly walk: Replay; readonly tokens: KeptTokens },
  progress: (done: number) => void,
): AsyncGenerator<LogRow> {
  let done = 0;
  for await (const row of reader.rows()) {
    if (row.is === 'event') {
      walk.step(row.event);
      if (walk.finding === null) tokens.step(row.event, walk.known.genesis?.hash ?? ''); // of shapes that were judged
    }
    yield row;
    done += 1;
    if (done % 50 === 0) progress(done);
  }
}

async function firstRow(reader: LogReader): Promise<LogRow | null> {
  for await (const row of reader.rows()) return row;
  return null;
}

interface Pinned {
  readonly logKey: NoteKey;
  readonly stated: StatedPolicy;
}

/** The key that signs this log's checkpoints and its witnesses stand in its first event, and so in the genesis hash. */
function pinnedIn(first: LogRow | null): Pinned | Refusal {
  const missing = refuse(
    'GENESIS_MISSING',
    'The log does not begin with the founding of a deployment, which names the key of its checkpoints.',
  );
  if (first?.is !== 'event' || first.event.type !== 'DeploymentFounded') return missing;
  const { logKey: line, witnessPolicy } = first.event.data as Partial<Founding>;
  if (typeof line !== 'string' || typeof witnessPolicy !== 'object') return missing;
  const [logKey, policy] = [parseNoteKey(line), parseWitnessPolicy(witnessPolicy)];
  if (isRefusal(logKey)) return logKey;
  return isRefusal(policy) ? policy : { logKey, stated: witnessPolicy };
}

function atFirst(first: LogRow | null, { code, message }: Refusal): Verdict {
  const [stream, type] = first?.is === 'event' ? [first.event.stream, first.event.type] : ['', ''];
  return { is: 'finding', position: '0', stream, type, code, why: message };
}

/** A root tells of a range only; what the events themselves say may tell which one it is. */
function narrowed(what: string, finding: Finding | null): string {
  return what !== 'root' || finding === null
    ? ''
    : ` By its signatures it is position ${shortPosition(finding.position)}: ${finding.why}`;
}

/** The seal names a position; the file says which event stands there, if one does. */
async function findingOfSeal(
  reader: LogReader,
  { position, what, why }: { position: string; what: string; why: string },
): Promise<Verdict> {
  const finding = { is: 'finding', position, code: `SEAL_${what.toUpperCase()}`, why } as const;
  for await (const row of reader.rows())
    if (row.is === 'event' && row.event.position === position)
      return { ...finding, stream: row.event.stream, type: row.event.type };
  return { ...finding, stream: '', type: '' };
}

function tell(terminal: Terminal, verdict: Verdict, alterations: readonly string[]): VerifyCode {
  if (alterations.length > 0)
    terminal.warn(
      `ALTERED: tables or triggers of the event file are not as founded (${alterations.join(', ')}). Somebody could write to it by hand.`,
    );
  const { is, ...rest } = verdict;
  terminal.data({ verified: is === 'held', ...rest, alterations });
  if (verdict.is === 'held') {
    for (const line of heldLines(verdict)) terminal.line(line);
    if (verdict.witnessed !== 0) return 0;
    terminal.warn(
      'NOT WITNESSED: the founding asks for witnesses, and no checkpoint beside this log is cosigned by them. A cut end would not show: ' +
        'compare a checkpoint that was kept elsewhere (--checkpoint FILE).',
    );
    return NOT_WITNESSED;
  }
  const { position, stream, type, code, why } = verdict;
  const event = type === '' ? 'no event' : `${type} in ${stream}`;
  terminal.line(`DOES NOT HOLD at position ${shortPosition(position)} (${event}): ${code}: ${why}`);
  return 1;
}

function providerLines({ all, carried }: Held['byProvider']): readonly string[] {
  return all === 0
    ? []
    : [
        `${counted(all, 'sign-in')} by a provider, each by a link that an approved order made: ${carried} with an ID token ` +
          `kept beside the record that carries it, ${all - carried} on the platform's word for the provider's.`,
      ];
}

function heldLines(it: Held): readonly string[] {
  const { events, sealed, witnessed, root, orders, certificates, demo, genesis, byProvider } = it;
  const unsealed = events - sealed;
  const later =
    unsealed === 0 ? '' : `, ${counted(unsealed, 'event')} from position ${sealed} on not yet under a checkpoint`;
  const seen = witnessed === null || witnessed === 0 ? '' : `, witnessed up to ${witnessed}`;
  return [
    `${counted(events, 'event')}, tree root ${root}, sealed up to ${sealed}${later}${seen}, ${counted(orders, 'order')} with their approvals, ` +
      `${counted(certificates, 'certificate')} rebuilt: all verified. ${demo ? 'DEMO deployment' : 'Deployment'} ${genesis}`,
    ...providerLines(byProvider),
  ];
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
