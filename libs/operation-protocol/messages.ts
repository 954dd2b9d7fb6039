/** What security module and station say to each other in operation: one table of message types, every one signed (S02b). */
import { ascii, concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { type Json, canonicalJson } from '#libs/kernel/canonical-json.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Read, type Template, closed, hash, integer, name, oneOf, optional, text } from '#libs/kernel/template.ts';
import { type AccountOpening, accountOpening } from './account.ts';

export const MESSAGE_DOMAIN = 'keyledger/message/v1';
const PREFIX = ascii('keyledger message v1\n');

export type Speaker = 'module-to-station' | 'station-to-module';

/** Members of every message: which session, which way, which place in it, between which two keys. */
const common = {
  domain: oneOf(MESSAGE_DOMAIN),
  /** TLS exporter of the session, 32 octets. */
  exporter: hash,
  direction: oneOf('module-to-station', 'station-to-module'),
  /** From 1 in each direction, no gaps. */
  counter: integer(1),
  /** SHA-256 of the SPKI of the module's and of the station's key. */
  module: hash,
  station: hash,
} as const;

const transaction = text(22, /^[A-Za-z0-9_-]{22}$/);
/** Minor units of the currency. */
const amount = integer(1);
/** ISO 4217. */
const currency = text(3, /^[A-Z]{3}$/);

/** Every type of message. A new one is a row here. */
export const MESSAGES = {
  Hello: closed({ ...common, type: oneOf('Hello'), serial: name, epoch: integer(1) }),
  /** Names the hash of the station key that will follow. */
  Welcome: closed({ ...common, type: oneOf('Welcome'), stationNextKey: hash }),
  /** An authentic bank card for the account of this commitment is present, for this sum (S27f). */
  AuthorizeWithdrawal: closed({
    ...common,
    type: oneOf('AuthorizeWithdrawal'),
    transaction,
    account: hash,
    amount,
    currency,
  }),
  /** The answer: pay it out, or do not (S27g). */
  PayInstruction: closed({
    ...common,
    type: oneOf('PayInstruction'),
    transaction,
    amount,
    currency,
    pay: oneOf('yes', 'no'),
    /** SHA-256 of the signed bytes of the AuthorizeWithdrawal that it answers. */
    authorization: hash,
  }),
  Goodbye: closed({ ...common, type: oneOf('Goodbye') }),
} as const;

type Rows = typeof MESSAGES;
export type MessageType = keyof Rows;
export type MessageOf<K extends MessageType> = Read<Rows[K]>;
export type Message = { [K in MessageType]: MessageOf<K> }[MessageType];

export interface SignedMessage<M extends Message = Message> {
  readonly message: M;
  /** 64 octets r‖s, ECDSA P-256 with SHA-256 over `signedBytes(message)`. */
  readonly signature: Uint8Array;
  /** Beside an AuthorizeWithdrawal: the account that its commitment hides. Not signed itself, never recorded. */
  readonly opening?: AccountOpening;
}

/** `keyledger message v1\n` ‖ the message as canonical JSON. */
export function signedBytes(message: Message): Uint8Array {
  return concat(PREFIX, ascii(canonicalJson(message)));
}

/** base64url(SHA-256(signed bytes)): names one message for ever. */
export function messageHash(message: Message): string {
  return hashId(signedBytes(message));
}

export function frameOf(signed: SignedMessage): Json {
  const opening = signed.opening === undefined ? {} : { opening: { ...signed.opening } };
  return { body: { ...signed.message }, signature: toBase64url(signed.signature), ...opening };
}

function readMessage(body: Json): Message | Refusal {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  const table: Readonly<Record<string, Template<object>>> = MESSAGES;
  const row = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
  if (row === undefined) return refuse('UNKNOWN_MESSAGE', 'The session carries no message of this type.');
  return row(body, 'message') as Message | Refusal;
}

const frame = closed({
  body: (value: Json | undefined): Json | Refusal => value ?? refuse('BAD_SHAPE', 'A message needs its body.'),
  signature: text(86, /^[A-Za-z0-9_-]{86}$/),
  opening: optional(accountOpening),
});

/** A message from a frame, its signature not judged yet. Refuses UNKNOWN_MESSAGE, BAD_SHAPE. */
export function parseMessage(received: Json): SignedMessage | Refusal {
  const read = frame(received, 'frame');
  if (isRefusal(read)) return read;
  const message = readMessage(read.body);
  if (isRefusal(message)) return message;
  const signature = fromBase64url(read.signature);
  if (signature?.length !== 64) return refuse('BAD_SHAPE', 'A signature is base64url of 64 octets.');
  return read.opening === undefined ? { message, signature } : { message, signature, opening: read.opening };
}
