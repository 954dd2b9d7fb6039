/** The station statement: the card's word for the one station that a module with this certificate may obey. */
import { ascii, concat } from '#libs/kernel/bytes.ts';

const STATION = ascii('keyledger station v1\n');

export interface StationStatement {
  /** SHA-256 of the TBSCertificate, so that it goes with no other certificate. */
  readonly tbsHash: Uint8Array;
  /** SHA-256 of the SPKI of the station's key, and of the key that it has announced to follow. */
  readonly stationKey: Uint8Array;
  readonly stationNextKey: Uint8Array;
}

/** The bytes that the card's signing key signs: `keyledger station v1\n` ‖ TBS hash ‖ station key ‖ next key. */
export function encodeStationStatement(it: StationStatement): Uint8Array {
  return concat(STATION, it.tbsHash, it.stationKey, it.stationNextKey);
}
