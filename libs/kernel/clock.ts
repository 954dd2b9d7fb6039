/** The one place that reads the machine's clock. Everything else is told the time. */

export type Seconds = number;

export interface Clock {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: () => Seconds;
  /** RFC 3339 in UTC with milliseconds. */
  readonly rfc3339: () => string;
}

export const systemClock: Clock = {
  seconds: () => Math.floor(Date.now() / 1000),
  rfc3339: () => new Date().toISOString(),
};

/** RFC 3339 in UTC of whole seconds. */
export function rfc3339Of(seconds: Seconds): string {
  return new Date(seconds * 1000).toISOString();
}

/** Whole seconds of an RFC 3339 time; NaN where it is none. */
export function secondsOf(rfc3339: string): Seconds {
  return Math.floor(Date.parse(rfc3339) / 1000);
}

/** Milliseconds that only rise, for measuring a span; no wall time. */
export function monotonicMs(): number {
  return performance.now();
}
