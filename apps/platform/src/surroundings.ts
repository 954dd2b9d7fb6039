/** What the reactions ask of the present, answered from the board. */
import { decodeLogEntry, headAfter } from '#libs/chip-card-protocol/log-entry.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { trustListHash } from '#libs/kernel/trust-list.ts';
import type { Owed, OwedReview } from '#libs/reactions/overdue.ts';
import type { Surroundings } from '#libs/reactions/reaction.ts';
import type { Board } from './board.ts';

export function surroundings(board: Board): Surroundings {
  return {
    stationsTrusting: (cardKey) =>
      [...board.facts.stations.values()].filter((one) => one.trusted.has(cardKey)).map((one) => one.station),
    nextList: (name) => {
      const station = board.facts.stations.get(name);
      if (station === undefined) return null;
      const version = station.version + 1;
      return {
        version,
        hash: trustListHash(name, version, [...station.trusted.values()]),
        entries: station.trusted.size,
      };
    },
    stationsOrdered: (id) => {
      const { orders, stations } = board.facts;
      const order = orders.get(id)?.state.order;
      return order?.kind === 'retrust-signing-key' ? order.stations.filter((one) => stations.has(one)) : [];
    },
    stationOf: (order) => stationOfOrder(board, order) ?? 'unknown',
    operatedWith: (serial, epoch) => {
      const it = board.facts.operated.get(`${serial} ${epoch}`);
      return it === undefined ? null : { ...it, station: stationOfOrder(board, it.order) };
    },
    headOf: (entry) => {
      const octets = fromBase64url(entry) ?? new Uint8Array();
      return isRefusal(decodeLogEntry(octets)) ? '' : toBase64url(headAfter(octets));
    },
    divergencesOf: (card) => board.cardLogOf(card),
    epochOf: (personalization) => board.epochOf(personalization),
  };
}

function stationOfOrder(board: Board, order: string): string | null {
  const known = board.facts.orders.get(order)?.state.order;
  return known?.kind === 'personalize' ? known.station : null;
}

/** Serials that a unit took and that nobody has spent. */
export function owedOn(board: Board): readonly Owed[] {
  return [...board.facts.orders.values()].flatMap(({ id, state }) => {
    const done = new Set([...state.spent.map(({ serial }) => serial), ...state.overdue]);
    const open = state.taken.filter(({ serial }) => !done.has(serial));
    return open.map(({ serial }) => ({ order: id, serial, reportBy: state.order.reportBy }));
  });
}

/** Reviews that officers owe, as far as the record does not say yet that they are overdue. */
export function reviewsOwedOn(board: Board): readonly OwedReview[] {
  return [...board.facts.cards.values()].flatMap(({ card, key, owed }) =>
    owed
      .filter((one) => !one.isOverdue)
      .map(({ of, alarm, due }) => ({ card, cardKey: key?.cardKey ?? '', order: of, alarm, due })),
  );
}
