/** What hangs on a signing key: who counts it before he takes the key away signs the number, and everybody counts again. */
import type { IssuedFacts, Known } from './known.ts';

export interface BlastRadius {
  /** Accepted ones that the key signed, whatever became of their modules. */
  readonly certificates: number;
  /** Serials of modules that operate under the key and would be shut out, ascending. */
  readonly modules: readonly string[];
}

/** Of disabling strictly, or (`from` not null) from the checkpoint of that size on: what was recorded before it stays good. */
export function blastRadius(known: Known, cardKey: string, from: number | null): BlastRadius {
  const all = [...known.certificates.values()].filter((one) => one.accepted && one.cardKey === cardKey);
  const outlives = ({ fingerprint }: IssuedFacts): boolean =>
    from !== null && (known.recorded.get(fingerprint) ?? Infinity) < from;
  const lost = all.filter((one) => operates(known, one) && !outlives(one));
  return { certificates: all.length, modules: [...new Set(lost.map(({ serial }) => serial))].sort() };
}

/** The module signed that it holds the certificate, and neither erased that key nor was it retired. */
function operates(known: Known, { event, fingerprint, serial, moduleKey }: IssuedFacts): boolean {
  const installed = known.installed.get(event.stream)?.some((one) => one.fingerprint === fingerprint) ?? false;
  return installed && moduleKey.epoch >= (known.leastEpochs.get(serial) ?? 0);
}
