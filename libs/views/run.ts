/** What the name of a personalization's stream says. */
const PREFIX = 'personalization-';
/** Octets of an order's id as base64url. */
const ORDER_LENGTH = 43;

export interface NamedRun {
  readonly order: string;
  readonly serial: string;
}

export function isRun(stream: string): boolean {
  return stream.startsWith(PREFIX);
}

export function runOf(stream: string): NamedRun {
  const rest = stream.slice(PREFIX.length);
  return { order: rest.slice(0, ORDER_LENGTH), serial: rest.slice(ORDER_LENGTH + 1) };
}
