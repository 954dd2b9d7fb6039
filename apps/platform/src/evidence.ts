/** The evidence of one certificate as one text: the certificate built again, its order and approvals, and every event of it with its proof. */
import { pemChain } from '#libs/certificates/pem.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type StoredEvent, sealedText } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Board } from './board.ts';
import type { LogRecord } from './record.ts';

export interface EvidenceFile {
  readonly name: string;
  readonly text: string;
  readonly events: number;
}

/** Of one stream; an order of very many modules is not copied whole into each evidence. */
const EVENTS_MAX = 500;

const NOT_SEALED = refuse('NOT_SEALED', 'Not all of it is sealed yet; ask again in a moment.');

/** Refuses what a reconstruction refuses, and NOT_SEALED. */
export async function evidenceOf(
  { board, record }: { readonly board: Board; readonly record: LogRecord },
  wanted: string,
): Promise<EvidenceFile | Refusal> {
  const rebuilt = board.reconstruct(wanted);
  if (isRefusal(rebuilt)) return rebuilt;
  const { facts } = board;
  const { fingerprint, order, serial, card } = rebuilt.evidence;
  const checkpoint = record.sealer.latest;
  if (checkpoint === null) return NOT_SEALED;
  const streams = [
    `order-${order}`,
    `personalization-${order}-${serial}`,
    `certificate-${fingerprint}`,
    `card-${card}`,
  ];
  const events: object[] = [];
  for (const stream of streams)
    for await (const event of record.store.readStream(stream, { limit: EVENTS_MAX })) {
      const proven = withProof(record, event, checkpoint.size);
      if (proven === null) return NOT_SEALED;
      events.push(proven);
    }
  const text = canonicalJson({
    format: 'keyledger/evidence/v1',
    genesis: facts.genesis,
    founding: facts.founding === null ? '' : canonicalJson(facts.founding),
    fingerprint,
    pem: pemChain(rebuilt.chain),
    order: facts.orders.get(order)?.bytes ?? '',
    approvals: facts.orders.get(order)?.approvals ?? [],
    approverSets: facts.adopted.map(({ document }) => document),
    checkpoint: checkpoint.note,
    events,
  });
  return { name: `evidence-${fingerprint}.json`, text, events: events.length };
}

function withProof({ sealer }: LogRecord, event: StoredEvent, size: number): object | null {
  const index = sealer.indexOf(event.position);
  if (index === null || index >= size) return null;
  const path = sealer.inclusionProof(index, size).map(toBase64url);
  return { salt: event.salt, canonical: sealedText(event), index, path };
}
