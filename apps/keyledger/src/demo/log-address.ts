/** Where a record may lie that is not a file in its folder: on a PostgreSQL server or in a KurrentDB database. */
import { faultOf, shownKurrentAddress } from '#libs/event-store/kurrentdb/address.ts';
import { isPostgresAddress, shownAddress } from '#libs/event-store/postgresql/address.ts';

/** Whether a text means a KurrentDB log, well or badly written. */
export function meansKurrent(text: string): boolean {
  return /^(esdb|kurrentdb|kurrent|kdb)\b/.test(text);
}

/** What the text should be, in words that hold no secret; null where it is an address. */
export function addressFault(text: string): string | null {
  if (isPostgresAddress(text)) return null;
  if (meansKurrent(text)) {
    const fault = faultOf(text);
    return fault === null ? null : `${fault}, as kurrentdb://user:password@host:2113?tlsCAFile=/path/ca.pem has it`;
  }
  return 'it is sqlite:, postgresql://role@host:port/database or kurrentdb://user:password@host:port';
}

/** The address as it may be shown and logged. */
export function shownLogAddress(address: string): string {
  return meansKurrent(address) ? shownKurrentAddress(address) : shownAddress(address);
}
