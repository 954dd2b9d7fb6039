/** Sessions in operation: a certified module, its station, and for every transaction what both of them signed. */
import type { Authorization, Establishment } from '#libs/domain/session/session.ts';
import { ascii, equal } from '#libs/kernel/bytes.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Template } from '#libs/kernel/template.ts';
import { MESSAGES, type MessageOf, type Message, messageHash, signedBytes } from '#libs/operation-protocol/messages.ts';
import type { Known, SessionFacts } from './known.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

/** SessionEstablished, accepted: with a certificate that was issued to this module for this station. */
export function sessionEstablished(known: Known, event: StoredEvent): Refusal | null {
  const { station, serial, fingerprint, exporter } = event.data as Establishment;
  const certificate = known.certificates.get(fingerprint);
  if (certificate?.accepted !== true || certificate.serial !== serial || certificate.station !== station)
    return refuse(
      'SESSION_OTHER_CERTIFICATE',
      'The session was opened with a certificate that was not issued to this module for this station.',
    );
  known.sessions.set(event.stream, { certificate, station, exporter });
  return null;
}

interface TransactionCase {
  readonly said: Authorization;
  readonly session: SessionFacts;
  readonly asked: MessageOf<'AuthorizeWithdrawal'>;
  readonly answer: MessageOf<'PayInstruction'>;
  /** SPKI of the station's key that the messages name; empty where the station never had it. */
  readonly stationSpki: Uint8Array;
}

export const transactionLaw: Law<TransactionCase> = [
  {
    code: 'AUTHORIZATION_SIGNATURE',
    says: 'The module did not sign this authorization with its certified key.',
    holds: ({ said, session, asked }) =>
      signatureHolds({
        over: signedBytes(asked),
        signature: octetsOf(said.authorizationSignature),
        spki: session.certificate.moduleKey.spki,
      }),
  },
  {
    code: 'INSTRUCTION_SIGNATURE',
    says: 'The station did not sign this pay instruction with a key of its own.',
    holds: ({ said, answer, stationSpki }) =>
      signatureHolds({ over: signedBytes(answer), signature: octetsOf(said.instructionSignature), spki: stationSpki }),
  },
  {
    code: 'TRANSACTION_OTHER_SESSION',
    says: 'Module and station signed in another session, or in the wrong direction.',
    holds: ({ session, asked, answer }) =>
      asked.direction === 'module-to-station' &&
      answer.direction === 'station-to-module' &&
      asked.module === hashId(session.certificate.moduleKey.spki) &&
      [asked, answer].every(
        (one) => one.exporter === session.exporter && one.module === asked.module && one.station === asked.station,
      ),
  },
  {
    code: 'TRANSACTION_OTHER_ANSWER',
    says: 'The instruction answers another authorization.',
    holds: ({ asked, answer }) =>
      answer.transaction === asked.transaction && answer.authorization === messageHash(asked) && answer.pay === 'yes',
  },
  {
    code: 'TRANSACTION_OTHER_AMOUNT',
    says: 'Authorization, instruction and record do not agree on the sum.',
    holds: ({ said, asked, answer }) =>
      [asked, answer].every((one) => one.amount === said.amount && one.currency === said.currency),
  },
];

/** TransactionAuthorized, accepted. */
export function transactionAuthorized(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Authorization;
  const session = known.sessions.get(event.stream);
  if (session === undefined) return refuse('SESSION_UNKNOWN', 'No session was established before this transaction.');
  const asked = messageIn(octetsOf(said.authorization), MESSAGES.AuthorizeWithdrawal);
  if (isRefusal(asked)) return asked;
  const answer = messageIn(octetsOf(said.instruction), MESSAGES.PayInstruction);
  if (isRefusal(answer)) return answer;
  const keys = known.stations.get(session.station)?.keys ?? [];
  const stationSpki = octetsOf(keys.find(({ stationKey }) => stationKey === answer.station)?.spki ?? '');
  return judge(transactionLaw, { said, session, asked, answer, stationSpki });
}

const PREFIX = ascii('keyledger message v1\n');

/** A message from its signed bytes, which must be exactly those that the message gives again. */
function messageIn<M extends Message>(bytes: Uint8Array, template: Template<M>): M | Refusal {
  const malformed = refuse('MESSAGE_MALFORMED', 'The recorded bytes are no message of this type.');
  try {
    const message = template(JSON.parse(Buffer.from(bytes.slice(PREFIX.length)).toString('latin1')) as Json, 'message');
    return isRefusal(message) || !equal(signedBytes(message), bytes) ? malformed : message;
  } catch {
    return malformed;
  }
}
