/** Whether an event that was just recorded is one of those that a subscriber wants. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { eventView } from '../event/event.ts';
import { type EventFilter, timesOf } from './event-filter.ts';
import { wordsIn } from './search.ts';

/** Key of a card, where one is known. */
export type CardKeyOf = (card: string) => string | null;

/** What judges it comes later, so no report is contested yet. */
export function isWanted(filter: EventFilter, event: StoredEvent, cardKeyOf: CardKeyOf = () => null): boolean {
  const row = eventView.apply(null, { event, place: 0, moved: null, judged: null }, event.position);
  if (row === null || isRefusal(timesOf(filter))) return false;
  const { types, streamPrefix, serial, order, certificate, station, unit, code, room, card } = filter;
  const { stream, actor } = filter;
  const wanted = { stream, actor, serial, orderId: order, fingerprint: certificate, station, unit, code, room };
  const [isContested, isAlarm] = [row.contested === 1, row.alarm === 1];
  return (
    (types?.includes(event.type) ?? true) &&
    event.stream.startsWith(streamPrefix ?? '') &&
    Object.entries(wanted).every(([column, value]) => value == null || row[column] === value) &&
    (card == null || row.card === card || (row.cardKey !== null && row.cardKey === cardKeyOf(card))) &&
    (filter.contested ?? isContested) === isContested &&
    (filter.alarm ?? isAlarm) === isAlarm &&
    isWithin(String(row.recordedAt), filter.recordedFrom, filter.recordedTo) &&
    isWithin(String(row.occurredAt), filter.occurredFrom, filter.occurredTo) &&
    says(`${event.type} ${String(row.actor)} ${event.stream} ${String(row.data)}`, filter.text)
  );
}

function says(all: string, text: string | null | undefined): boolean {
  const said = all.toLowerCase();
  return wordsIn(text ?? '').every((word) => said.includes(word.toLowerCase().replace(/\*$/, '')));
}

function isWithin(time: string, ...[from, to]: readonly (string | null | undefined)[]): boolean {
  const at = Date.parse(time);
  return (from == null || at >= Date.parse(from)) && (to == null || at < Date.parse(to));
}
