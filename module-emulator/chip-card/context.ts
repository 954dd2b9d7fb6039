/** What a card command works with, and the shape of every command. */
import type { Command, Response } from '#libs/chip-card-protocol/apdu.ts';
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { SigningKeys } from './keys.ts';
import type { CardLaws } from './law.ts';
import { type CardMemory, octets, publicSpki } from './memory.ts';
import type { CardSession } from './session.ts';

export interface Card {
  readonly memory: CardMemory;
  /** Replaces the memory; durable before it returns. */
  readonly remember: (next: CardMemory) => void;
  readonly session: CardSession;
  readonly laws: CardLaws;
  /** Makes and uses the signing key, and says who enforces the law over it. */
  readonly keys: SigningKeys;
  readonly random: (length: number) => Uint8Array;
}

export type CardCommand = (card: Card, command: Command) => Response;

export function ok(data: Uint8Array = new Uint8Array()): Response {
  return { data, status: STATUS.OK };
}

/** A status word, and the stable code of the check that refused as its data. */
export function no(status: number, code: string): Response {
  return { data: ascii(code), status };
}

/** A refusal of the law: conditions of use are not satisfied. */
export function refused(refusal: Refusal): Response {
  return no(STATUS.CONDITIONS_NOT_SATISFIED, refusal.code);
}

/** Thumbprint of the signing key; empty before GENERATE KEY. */
export function cardKeyOf(memory: CardMemory): string {
  return memory.signingKey === null ? '' : thumbprint(publicJwk(keyFromSpki(publicSpki(memory.signingKey))));
}

/** What the card holds of the deployment; empty texts before PUT APPROVER SET, which no order can match. */
export function heldBy(memory: CardMemory): { pins: { genesis: string; approverSet: string }; setBytes: Uint8Array } {
  const setBytes = octets(memory.customer?.approverSet ?? null);
  const approverSet = memory.customer === null ? '' : approverSetHash(setBytes);
  return { pins: { genesis: memory.customer?.genesis ?? '', approverSet }, setBytes };
}
