/** What each side demands of the other side's messages: two laws that share their first six lines (S02b, S27f, S27g). */
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import type { Check, Law } from '#libs/kernel/law.ts';
import { type AccountOpening, commitmentTo } from './account.ts';
import { type MessageOf, type SignedMessage, type Speaker, messageHash, signedBytes } from './messages.ts';

/** One end's view of a session. */
export interface SessionView {
  /** base64url, as in the messages. */
  readonly exporter: string;
  readonly module: string;
  readonly station: string;
  /** SPKI of the peer's P-256 key, DER: the station's, or the module's as certified. */
  readonly peerSpki: Uint8Array;
}

export interface MessageCase {
  readonly signed: SignedMessage;
  readonly session: SessionView;
  /** Who has to be speaking. */
  readonly speaker: Speaker;
  /** The counter that comes next. */
  readonly counter: number;
}

/** In both directions. */
const shared: readonly Check<MessageCase>[] = [
  {
    code: 'MESSAGE_SIGNATURE',
    says: 'The message is not signed by the key of the other end.',
    holds: ({ signed, session }) =>
      verifyRaw(signedBytes(signed.message), signed.signature, keyFromSpki(session.peerSpki)),
  },
  {
    code: 'MESSAGE_OTHER_SESSION',
    says: 'The message belongs to another session.',
    holds: ({ signed, session }) => signed.message.exporter === session.exporter,
  },
  {
    code: 'MESSAGE_DIRECTION',
    says: 'The message was written for the other direction.',
    holds: ({ signed, speaker }) => signed.message.direction === speaker,
  },
  {
    code: 'MESSAGE_COUNTER',
    says: 'The message is a repeat, or one before it is missing.',
    holds: ({ signed, counter }) => signed.message.counter === counter,
  },
  {
    code: 'MESSAGE_OTHER_MODULE',
    says: 'The message names the key of another module.',
    holds: ({ signed, session }) => signed.message.module === session.module,
  },
  {
    code: 'MESSAGE_OTHER_STATION',
    says: 'The message names the key of another station.',
    holds: ({ signed, session }) => signed.message.station === session.station,
  },
];

/** What a module demands of every message of its station. */
export const moduleMessageLaw: Law<MessageCase> = shared;

export interface PayCase {
  readonly asked: MessageOf<'AuthorizeWithdrawal'>;
  readonly instruction: MessageOf<'PayInstruction'>;
}

/** What a module demands of a pay instruction before the ATM may pay. */
export const payLaw: Law<PayCase> = [
  {
    code: 'PAY_OTHER_TRANSACTION',
    says: 'The instruction is for another transaction.',
    holds: ({ asked, instruction }) => instruction.transaction === asked.transaction,
  },
  {
    code: 'PAY_OTHER_AUTHORIZATION',
    says: 'The instruction answers another authorization than the one that was sent.',
    holds: ({ asked, instruction }) => instruction.authorization === messageHash(asked),
  },
  {
    code: 'PAY_OTHER_AMOUNT',
    says: 'The instruction is for another sum.',
    holds: ({ asked, instruction }) => instruction.amount === asked.amount && instruction.currency === asked.currency,
  },
];

/** What a station demands of every message of a module. */
export const stationMessageLaw: Law<MessageCase> = shared;

export interface WithdrawalCase {
  readonly asked: MessageOf<'AuthorizeWithdrawal'>;
  /** What came beside it; null where nothing did. */
  readonly opening: AccountOpening | null;
  /** Minor units. */
  readonly amountMax: number;
  readonly currencies: readonly string[];
  /** Transactions of this module that were answered before. */
  readonly answered: ReadonlySet<string>;
}

/** What a station demands of a withdrawal before it answers yes. */
export const withdrawalLaw: Law<WithdrawalCase> = [
  {
    code: 'ACCOUNT_OPENING',
    says: 'The account shown is not the one that the module signed for.',
    holds: ({ asked, opening }) => opening !== null && commitmentTo(opening) === asked.account,
  },
  {
    code: 'AMOUNT_BOUNDS',
    says: 'The sum is above what this station authorizes at once.',
    holds: ({ asked, amountMax }) => asked.amount >= 1 && asked.amount <= amountMax,
  },
  {
    code: 'CURRENCY_NOT_SERVED',
    says: 'This station does not pay in this currency.',
    holds: ({ asked, currencies }) => currencies.includes(asked.currency),
  },
  {
    code: 'TRANSACTION_TWICE',
    says: 'This transaction was already answered.',
    holds: ({ asked, answered }) => !answered.has(asked.transaction),
  },
];

export interface HelloCase {
  readonly hello: MessageOf<'Hello'>;
  /** From the module's certificate. */
  readonly serial: string;
  readonly epoch: number;
}

/** What a station demands of a module's first message. */
export const helloLaw: Law<HelloCase> = [
  {
    code: 'HELLO_OTHER_SERIAL',
    says: 'The module names another serial than its certificate.',
    holds: ({ hello, serial }) => hello.serial === serial,
  },
  {
    code: 'HELLO_OTHER_EPOCH',
    says: 'The module names another epoch than its certificate.',
    holds: ({ hello, epoch }) => hello.epoch === epoch,
  },
];
