/** `keyledger reconcile`: holds each chip card's own log against the record, from the event file alone, and says what disagrees (S29a). */
import { type Divergence, isAlarm, tellDivergence } from '#libs/domain/chip-card/card-log.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Finding } from '#libs/proof/finding.ts';
import type { Known } from '#libs/proof/known.ts';
import { Replay } from '#libs/proof/replay.ts';
import { shortPosition } from '../story/teller.ts';
import type { Terminal } from '../terminal.ts';
import { couldNotRun, eventPlace, readableEvents, withEventFile } from './event-file.ts';

export interface ReconcileOptions {
  readonly folder: string;
  /** One card by its name; all of them where it is left out. */
  readonly card?: string;
}

interface CardAccount {
  readonly card: string;
  /** Entries on record from 1 on without a gap; times that its log was read. */
  readonly entries: number;
  readonly readings: number;
  readonly divergences: readonly Divergence[];
}

/** 0: every card's log agrees with the record, or waits for an upload. 1: one diverged, or the record does not hold. 2: could not run. */
export async function reconcile({ folder, card }: ReconcileOptions, terminal: Terminal): Promise<0 | 1 | 2> {
  const walked = await withEventFile(eventPlace(folder), async (reader) => {
    const walk = new Replay();
    for await (const event of readableEvents(reader.rows())) if (walk.step(event) !== null) break;
    return { known: walk.known, finding: walk.finding };
  });
  if (isRefusal(walked)) return couldNotRun(terminal, walked);
  const accounts = accountsOf(walked.known, card);
  if (isRefusal(accounts)) return couldNotRun(terminal, accounts);
  return tell(accounts, walked.finding, terminal);
}

function accountsOf({ cards, cardLogs }: Known, wanted: string | undefined): readonly CardAccount[] | Refusal {
  const names = [...cards.keys()].filter((name) => wanted === undefined || name === wanted);
  if (wanted !== undefined && names.length === 0)
    return refuse('CARD_UNKNOWN', 'No chip card of this name was issued here.');
  return names.map((card) => {
    const log = cardLogs.get(card);
    const entries = log?.ledger.known.number ?? 0;
    return { card, entries, readings: log?.nonces.size ?? 0, divergences: log?.ledger.open ?? [] };
  });
}

function tell(accounts: readonly CardAccount[], finding: Finding | null, terminal: Terminal): 0 | 1 {
  const diverged = accounts.filter(({ divergences }) => divergences.some(isAlarm));
  terminal.data({
    reconciled: diverged.length === 0 && finding === null,
    doubt: finding,
    cards: accounts.map(({ divergences, ...one }) => ({
      ...one,
      divergences: divergences.map((it) => ({ ...it, sentence: tellDivergence(it) })),
    })),
  });
  for (const { card, entries, readings, divergences } of accounts) {
    const verdict = verdictOn(divergences);
    terminal.line(
      `${card}: ${verdict}. Entries on record from the first on: ${entries}; its log was read ${readings} times.`,
    );
    for (const one of divergences) terminal.line(`  ${tellDivergence(one)}`);
  }
  if (accounts.length === 0) terminal.line('No chip card was issued yet.');
  if (finding !== null)
    terminal.line(
      `DOUBT: the record itself does not hold at position ${shortPosition(finding.position)}: ${finding.code}: ${finding.why}`,
    );
  return diverged.length === 0 && finding === null ? 0 : 1;
}

function verdictOn(divergences: readonly Divergence[]): string {
  if (divergences.some(isAlarm)) return 'DIVERGED';
  return divergences.length === 0 ? 'agrees with the record' : 'waits for uploads';
}
