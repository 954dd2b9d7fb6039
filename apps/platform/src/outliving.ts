/** What outlives a signing key that was disabled from a moment on, as a station proves it for itself: opened leaves under that moment. */
import { certificateStream } from '#libs/domain/certificate/certificate.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Disabling, Survivor } from '#libs/kernel/trust-list.ts';
import type { Board, Recorded } from './board.ts';
import type { TrustedKey } from './board-facts.ts';
import type { LogRecord } from './record.ts';

const WITNESSES_MS = 2000;

interface Source {
  readonly board: Board;
  readonly record: LogRecord;
}

/** A moment never changes, and nor does what was recorded before it: read once for each station and order. */
const read = new WeakMap<LogRecord, Map<string, Promise<Disabling | null>>>();

/** Null where nothing outlives the key. */
export function disablingOf(source: Source, station: string, entry: TrustedKey): Promise<Disabling | null> {
  const { disabledBy, from } = entry;
  if (disabledBy === null || from === null || entry.state !== 'deactivated') return Promise.resolve(null);
  const known = read.get(source.record) ?? new Map<string, Promise<Disabling | null>>();
  read.set(source.record, known);
  const key = `${station} ${disabledBy}`;
  const found = known.get(key) ?? readDisabling(source, station, { ...entry, disabledBy, from });
  known.set(key, found);
  return found;
}

type Disabled = TrustedKey & { readonly disabledBy: string; readonly from: NonNullable<TrustedKey['from']> };

async function readDisabling({ board, record }: Source, station: string, entry: Disabled): Promise<Disabling | null> {
  const { cardKey, from, disabledBy } = entry;
  const card = [...board.facts.cards.values()].find(({ key }) => key?.cardKey === cardKey);
  const order = board.facts.orders.get(disabledBy);
  if (card?.moment == null || order === undefined) return null;
  const survivors: Survivor[] = [];
  for (const one of board.outliving({ cardKey, station, size: from.size }))
    survivors.push(...(await opened(record, one, from.size)));
  const disabling = { order: order.bytes, approvals: order.approvals, checkpoint: card.moment.note, survivors };
  const witnessed = await witnessedOver(record, from.size);
  return witnessed === null ? disabling : { ...disabling, witnessed };
}

/** What witnesses cosigned of it is there since before the order was carried out. */
async function witnessedOver({ sealer, cosigner }: LogRecord, size: number): Promise<Disabling['witnessed'] | null> {
  const grown = cosigner.policy.quorum === 0 ? null : await cosigner.over(size, WITNESSES_MS);
  if (grown === null) return null;
  const consistency = grown.size === size ? [] : sealer.consistencyProof(size, grown.size).map(toBase64url);
  return { checkpoint: grown.note, consistency };
}

async function opened(record: LogRecord, { fingerprint, index }: Recorded, size: number): Promise<readonly Survivor[]> {
  for await (const stored of record.store.readStream(certificateStream(fingerprint))) {
    if (stored.type !== 'CertificateRecorded') continue;
    const { position: _, revision, ...rest } = stored;
    const event = { ...rest, revision: Number(revision) } as Survivor['event']; // what was stored is JSON
    return [{ event, index, inclusion: record.sealer.inclusionProof(index, size).map(toBase64url) }];
  }
  return [];
}
