/** Positions of the engines that number their events densely from 0: twenty digits, so that string order is log order. */
import type { Position } from '#libs/kernel/event.ts';
import { EventStoreError } from './event-store.ts';

export function positionOf(number: number): Position {
  return String(number).padStart(20, '0') as Position;
}

/** The number behind a position. Throws InvalidPosition on another engine's text and on what lies beyond the head. */
export function numberOf(position: string, head: number): number {
  const number = /^\d{20}$/.test(position) ? Number(position) : NaN;
  if (!(number <= head))
    throw new EventStoreError('InvalidPosition', "This is no position of this log, or it lies beyond the log's end.");
  return number;
}
