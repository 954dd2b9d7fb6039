/** What the card signs so that a module erases its key, and what the module signs when it has (S26e, S26f). */
import { ascii, concat, short, u64 } from '#libs/kernel/bytes.ts';

export interface ResetTicket {
  readonly serial: string;
  /** Of the key that is to be erased. */
  readonly epoch: number;
  /** The module's, 32 octets: single-use, gone at power-off. */
  readonly nonce: Uint8Array;
  readonly orderHash: Uint8Array;
  /** Only a transfer has one: the deployment that the module belongs to afterwards, 32 octets. */
  readonly newGenesis: Uint8Array | null;
}

/** `keyledger reset v1\n` or `keyledger transfer v1\n` ‖ serial ‖ epoch ‖ nonce ‖ order hash (‖ new genesis hash). */
export function encodeResetTicket(it: ResetTicket): Uint8Array {
  const domain = it.newGenesis === null ? 'keyledger reset v1\n' : 'keyledger transfer v1\n';
  return concat(
    ascii(domain),
    short(ascii(it.serial)),
    u64(it.epoch),
    it.nonce,
    it.orderHash,
    it.newGenesis ?? new Uint8Array(),
  );
}

/** The module's word, by its identity key: the key of this epoch is erased, and it belongs to this deployment now. */
export function encodeResetDone(it: {
  readonly serial: string;
  readonly epoch: number;
  readonly orderHash: Uint8Array;
  readonly genesis: Uint8Array;
}): Uint8Array {
  return concat(ascii('keyledger reset done v1\n'), short(ascii(it.serial)), u64(it.epoch), it.orderHash, it.genesis);
}
