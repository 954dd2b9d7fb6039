/** A card's own log as lines: each entry that anybody showed, with what the record accepted under its number, and a verdict. */
import type { DivergenceKind } from '#libs/domain/chip-card/card-log.ts';
import type { Position } from '#libs/kernel/event.ts';
import type { CardLedger, Node } from './card-ledger.ts';
import type { CardFacts } from './known.ts';

export interface CardLine {
  readonly number: number;
  readonly head: string;
  readonly recordedHead: string | null;
  readonly serial: string | null;
  readonly order: string | null;
  readonly fingerprint: string | null;
  /** The lease's time, seconds. */
  readonly cardTime: number | null;
  /** RFC 3339. */
  readonly at: string | null;
  /** Of the event that reported it. */
  readonly position: Position | null;
  readonly verdict: 'equal' | 'not read' | DivergenceKind;
}

/** By falling number. `readTo` is the number up to which the card's log was read; null before the first reading. */
export function cardLines(
  ledger: Pick<CardLedger, 'seen' | 'open'>,
  facts: Pick<CardFacts, 'entries'> | undefined,
  readTo: number | null,
): readonly CardLine[] {
  const open = new Map(ledger.open.map(({ number, head, kind }) => [`${number} ${head}`, kind]));
  const accepted = new Map(facts?.entries.filter((one) => one.accepted).map((one) => [one.number, one]));
  return ledger.seen
    .filter(({ number }) => number > 0)
    .map(({ number, head, entry, at, reported }: Readonly<Node>): CardLine => {
      const recorded = accepted.get(number);
      const agrees = reported && number <= (readTo ?? 0) ? 'equal' : 'not read';
      return {
        number,
        head,
        recordedHead: recorded?.head ?? null,
        serial: entry?.serial ?? null,
        order: entry?.order ?? null,
        fingerprint: entry?.fingerprint ?? null,
        cardTime: entry?.cardTime ?? null,
        at,
        position: recorded?.head === head ? recorded.event.position : null,
        verdict: open.get(`${number} ${head}`) ?? agrees,
      };
    })
    .sort((a, b) => b.number - a.number || (a.head < b.head ? -1 : 1));
}
