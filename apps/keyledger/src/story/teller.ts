/** Tells the story: one line a step, with who did it, which event says so and where, and how it was checked. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';

export interface StoryLine {
  readonly step: number;
  /** What happened, one sentence. */
  readonly what: string;
  readonly who: string;
  /** Type of the event that says so; null for what a device refused by itself, without the record. */
  readonly event: string | null;
  readonly position: string | null;
  readonly checked: string;
}

/** A step that did not hold: the story ends here, and the demo fails. */
export class StoryBroken extends Error {
  readonly code: string;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.code = refusal.code;
  }
}

export type Tell = (line: StoryLine) => void;

/** Positions are told without their leading zeros. */
export function shortPosition(position: string): string {
  return position.replace(/^0+(?=.)/, '');
}

export function renderLine({ step, what, who, event, position, checked }: StoryLine): string {
  const place = event === null ? 'not in the log' : `${event} @${shortPosition(position ?? '')}`;
  return `${String(step).padStart(2)}  ${what}\n      ${who} · ${place} · ${checked}`;
}

export interface Told {
  readonly what: string;
  readonly who: string;
  readonly checked: string;
  readonly event?: StoredEvent;
}

export class Teller {
  readonly #tell: Tell;
  #step = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  tell({ what, who, checked, event }: Told): void {
    this.#step += 1;
    this.#tell({ step: this.#step, what, who, checked, event: event?.type ?? null, position: event?.position ?? null });
  }
}
