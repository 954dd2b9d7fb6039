/** The module's word, signed by its new module key, that it holds this certificate and operates (S26b). */
import { ascii, concat, short, u64 } from '#libs/kernel/bytes.ts';

const INSTALLED = ascii('keyledger installed v1\n');

export interface InstalledStatement {
  readonly serial: string;
  readonly epoch: number;
  readonly orderHash: Uint8Array;
  /** SHA-256 of the certificate's DER. */
  readonly certificateHash: Uint8Array;
}

/** `keyledger installed v1\n` ‖ short serial ‖ u64 epoch ‖ order hash ‖ certificate hash. */
export function encodeInstalled(it: InstalledStatement): Uint8Array {
  return concat(INSTALLED, short(ascii(it.serial)), u64(it.epoch), it.orderHash, it.certificateHash);
}
