/** CERTIFICATE OF: the stored certificate, with the module key's statement that it is in force. Both are public. */
import type { AnswerOf } from '#libs/personalization-protocol/messages.ts';
import { encodeInstalled } from '#libs/personalization-protocol/installed-statement.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { KeyHandle } from '../key-memory.ts';
import type { Operation } from '../module-memory.ts';
import { type ModuleParts, octetsOf } from '../module-parts.ts';

/** The module's word for what it holds, by its module key. */
export function statementOf(
  module: { serial: string; epoch: number },
  operation: Operation,
): { statement: Uint8Array; signature: Uint8Array } {
  const statement = encodeInstalled({
    serial: module.serial,
    epoch: module.epoch,
    orderHash: octetsOf(operation.orderHash),
    certificateHash: sha256(octetsOf(operation.certificate)),
  });
  return { statement, signature: KeyHandle.open(operation.privateKey).sign(statement) };
}

export function certificateOf({ image }: ModuleParts): AnswerOf<'StoredCertificate'> | Refusal {
  const memory = image.read();
  if (memory.operation === null) return refuse('MODULE_NOT_OPERATING', 'The module holds no certificate.');
  const certificate = octetsOf(memory.operation.certificate);
  return { type: 'StoredCertificate', certificate, ...statementOf(memory, memory.operation) };
}
