/**
 * The trust list as a station gets it: every entry with its order, approvals, birth and proof of inclusion, so that the
 * station verifies each itself. The platform's signature vouches only that the list is complete and fresh.
 */
import type { KeyObject } from 'node:crypto';
import { signTrustList } from '#libs/certificates/trust-list-jws.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import type { Position } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import type { StoredCheckpoint } from '#libs/seal/checkpoint-file.ts';
import { TRUST_LIST_DOMAIN, trustListHash } from '#libs/kernel/trust-list.ts';
import type { Board } from './board.ts';
import type { Facts, TrustedKey } from './board-facts.ts';
import { disablingOf } from './outliving.ts';
import type { LogRecord } from './record.ts';

/** A list is good for this long, seconds; a station asks again well before. */
export const LIST_LIFE = 300;

/** How long a list with something new in it waits for its witnesses; the station asks again. */
const WITNESSES_MS = 2000;

export interface ListSource {
  readonly board: Board;
  readonly record: LogRecord;
  readonly clock: Clock;
  /** P-256, private; its public half stands in the genesis. */
  readonly listKey: KeyObject;
}

/** Compact JWS over the list of one station. */
export async function trustListOf(source: ListSource, name: string): Promise<string | Refusal> {
  const { facts } = source.board;
  const station = facts.stations.get(name);
  if (station === undefined) return refuse('STATION_UNKNOWN', 'No station of this name is registered.');
  const { standstill } = source.record.cosigner;
  if (standstill !== null) return standstill;
  const trusted = [...station.trusted.values()];
  const positions = trusted.map(({ event }) => event.position).sort();
  const last = positions.at(-1);
  const checkpoint = await checkpointOver(source.record, last);
  if (checkpoint === null) return refuse('NOT_SEALED', 'Nothing of the log is sealed yet; ask again in a moment.');
  const entries = await Promise.all(
    trusted.map(async (entry) => {
      const disabling = await disablingOf(source, name, entry);
      return { ...entryOf(source, entry, checkpoint.size), ...(disabling === null ? {} : { disabling }) };
    }),
  );
  const links = source.record.logKeyLinks();
  const list = {
    domain: TRUST_LIST_DOMAIN,
    genesis: facts.genesis,
    station: name,
    version: station.version,
    hash: trustListHash(name, station.version, trusted),
    notAfter: source.clock.seconds() + LIST_LIFE,
    checkpoint: checkpoint.note,
    ...(links.length === 0 ? {} : { logKeys: links }),
    ...(facts.admissions.length === 0 ? {} : { witnesses: admissionsOf(source, checkpoint.size) }),
    approverSets: chainOf(facts),
    entries,
    epochs: [...facts.epochs].map(([serial, epoch]) => ({ serial, epoch })),
  };
  return signTrustList(canonicalJson(list), source.listKey);
}

/**
 * Cosigned where the genesis asks for witnesses and they answer; else the log's own, by which a station takes trust away
 * and adds none. So a witness that is silent delays what is new, and nothing that is withdrawn.
 */
async function checkpointOver(
  { sealer, cosigner }: LogRecord,
  last: Position | undefined,
): Promise<StoredCheckpoint | null> {
  const sealed = last === undefined ? sealer.latest : await sealer.sealed(last);
  if (sealed === null || last === undefined || cosigner.policy.quorum === 0) return cosigner.latest ?? sealed;
  const size = (sealer.indexOf(last) ?? 0) + 1;
  return (await cosigner.over(size, WITNESSES_MS)) ?? sealed;
}

/** Every approver set after the first, as a station follows it. */
function chainOf({ adopted, orders }: Facts): readonly object[] {
  return adopted.map(({ document, order }) => ({
    document,
    order: orders.get(order)?.bytes ?? '',
    approvals: orders.get(order)?.approvals ?? [],
  }));
}

/** Every witness that was let in, as far as the checkpoint holds it, as a station follows the policy. */
function admissionsOf({ board: { facts }, record }: ListSource, size: number): readonly object[] {
  const sealed = facts.admissions.filter(({ index }) => index < size);
  return sealed.map(({ order, event: { position: _, revision, ...event }, index }) => ({
    event: { ...event, revision: Number(revision) },
    index,
    inclusion: record.sealer.inclusionProof(index, size).map(toBase64url),
    order: facts.orders.get(order)?.bytes ?? '',
    approvals: facts.orders.get(order)?.approvals ?? [],
  }));
}

function entryOf({ board: { facts }, record }: ListSource, entry: TrustedKey, size: number): object {
  const card = [...facts.cards.values()].find((one) => one.key?.cardKey === entry.cardKey);
  const order = facts.orders.get(entry.order);
  const { position: _, revision, ...event } = entry.event;
  return {
    cardKey: entry.cardKey,
    state: entry.state,
    card: card?.card ?? '',
    cardKeySpki: card?.key?.spki ?? '',
    customerCa: card?.key?.customerCa ?? '',
    cardCa: card?.key?.cardCa ?? '',
    birth: {
      birth: card?.key?.birth ?? '',
      birthSignature: card?.key?.birthSignature ?? '',
      deviceSpki: card?.deviceSpki ?? '',
      deviceSignature: card?.deviceSignature ?? '',
    },
    order: order?.bytes ?? '',
    approvals: order?.approvals ?? [],
    event: { ...event, revision: Number(revision) },
    index: entry.index,
    inclusion: record.sealer.inclusionProof(entry.index, size).map(toBase64url),
  };
}
