/** Times in UTC, durations, numbers: one spelling everywhere. */
const NO_END = 253402300799;

const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' });
const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const NUMBER = new Intl.NumberFormat('en-GB');

export function number(value: number): string {
  return NUMBER.format(value);
}

/** 2026-11-23. */
export function day(ms: number): string {
  return DAY.format(ms);
}

/** 09:41:07.118 of an RFC 3339 time. */
export function clockTime(rfc3339: string): string {
  return rfc3339.slice(11, 23).replace(/Z|\.000$/, '');
}

/** 2026-11-23 09:41:07. */
export function dayAndTime(rfc3339: string): string {
  return `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 19)}`;
}

/** 2026-11-23 10:00, of seconds since 1970. */
export function minute(seconds: number): string {
  if (seconds >= NO_END) return 'without end';
  const text = new Date(seconds * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

export function local(rfc3339: string): string {
  return LOCAL.format(Date.parse(rfc3339));
}

/** How long: 4.1 s, 39 min, 5 h 11 min, 2 d 6 h. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.05) return 'less than 0.1 s';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  const days = Math.floor(hours / 24);
  if (days < 90) return `${days} d ${hours % 24} h`;
  return `${Math.floor(days / 30.44)} months`;
}

/** In groups of four, as one compares it. */
export function inFours(text: string): string {
  return text.replace(/(.{4})(?=.)/g, '$1 ');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
