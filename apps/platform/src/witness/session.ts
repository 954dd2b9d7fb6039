/** What speaks against a station's report: a certificate nobody recorded, or a message that module or station did not sign. */
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { parseSignedBytes } from '#libs/operation-protocol/messages.ts';
import type { ContestCase } from './contest.ts';

function octets(text: string | undefined): Uint8Array {
  return fromBase64url(text ?? '') ?? new Uint8Array();
}

export function contestSession({ facts, data }: ContestCase): Refusal | null {
  const { fingerprint } = data as { fingerprint: string };
  return facts.certificates.has(fingerprint)
    ? null
    : refuse('CERTIFICATE_UNKNOWN', 'The station let a module in by a certificate that the record does not know.');
}

interface TransactionData {
  readonly amount: number;
  readonly currency: string;
  readonly authorization: string;
  readonly authorizationSignature: string;
  readonly instruction: string;
  readonly instructionSignature: string;
}

/** Both messages are signed by the two ends of that session, and say what the report says. */
export function contestTransaction({ facts, stream, data }: ContestCase): Refusal | null {
  const it = data as TransactionData;
  const session = facts.sessions.get(stream);
  const module = facts.moduleKeys.get(facts.certificates.get(session?.fingerprint ?? '') ?? '');
  const station = facts.stations.get(session?.station ?? '');
  if (module === undefined || station === undefined)
    return refuse('SESSION_UNKNOWN', 'The record knows no open session of a certified module under this name.');
  if (!verifyRaw(octets(it.authorization), octets(it.authorizationSignature), keyFromSpki(octets(module.spki))))
    return refuse('AUTHORIZATION_SIGNATURE', 'The module did not sign this authorization.');
  if (!verifyRaw(octets(it.instruction), octets(it.instructionSignature), keyFromSpki(octets(station.spki))))
    return refuse('INSTRUCTION_SIGNATURE', 'The station did not sign this instruction.');
  const messages = [it.authorization, it.instruction].map((member) => parseSignedBytes(octets(member)));
  const same = messages.every(
    (one) => !isRefusal(one) && 'amount' in one && one.amount === it.amount && one.currency === it.currency,
  );
  return same ? null : refuse('TRANSACTION_OTHER', 'The signed messages are about another sum than the report.');
}
