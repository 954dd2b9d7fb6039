/** The messages between personalization unit and security module: one table of requests, one of answers. */
import type { Json } from '#libs/kernel/canonical-json.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Read, type Template, closed, integer, name, oneOf, text } from '#libs/kernel/template.ts';
import { octets, wire } from './octets.ts';

/** DER of one certificate, at most. */
export const CERTIFICATE_OCTETS_MAX = 4096;
export const CRL_OCTETS_MAX = 8192;

const certificate = octets(1, CERTIFICATE_OCTETS_MAX);
const digest = octets(32);
const signature = octets(64);

export const MODULE_STATES = ['initialized', 'personalization', 'operating'] as const;
export type ModuleState = (typeof MODULE_STATES)[number];

/** What a reset brings: the card's chain and the list as for INSTALL, and the card's signature under the ticket. */
const ticket = {
  nonce: digest,
  orderHash: digest,
  customerCa: certificate,
  cardCa: certificate,
  crl: octets(1, CRL_OCTETS_MAX),
  signature,
} as const;

/** What a personalization unit may ask. */
export const REQUESTS = {
  Identify: closed({ type: oneOf('Identify') }),
  /** Asks for a key born now, from the module's own entropy and the salt of challenge and unitRandom (S19b). */
  MakeKey: closed({
    type: oneOf('MakeKey'),
    genesis: digest,
    orderHash: digest,
    /** RFC 7638 thumbprint of the card's signing key. */
    cardKey: digest,
    /** The card's. */
    challenge: digest,
    unitRandom: digest,
    /** Seconds since 1970 by the unit's clock; only the unit rests on it (S25d). */
    unitTime: integer(0, NO_END),
    keyBirth: oneOf('personalization-with-salt'),
  }),
  Install: closed({
    type: oneOf('Install'),
    /** The customer signing CA under the manufacturer's root, and the card CA under it, DER (S23b). */
    customerCa: certificate,
    cardCa: certificate,
    certificate,
    /** SPKI hash of the station and of the key that will follow it; signed by the card. */
    stationStatement: closed({ stationKey: digest, stationNextKey: digest, signature }),
    /** The customer signing CA's CRL, DER. */
    crl: octets(1, CRL_OCTETS_MAX),
  }),
  Discard: closed({ type: oneOf('Discard') }),
  CertificateOf: closed({ type: oneOf('CertificateOf') }),
  /** A nonce for one reset; the one before is void. */
  ResetNonce: closed({ type: oneOf('ResetNonce') }),
  /** A card's ticket: the module erases its key and stays in its deployment (S26e). */
  Reset: closed({ type: oneOf('Reset'), ...ticket }),
  /** The same, and the module belongs to another deployment afterwards. */
  Transfer: closed({ type: oneOf('Transfer'), ...ticket, newGenesis: digest }),
  /** The module's word for its last reset, where the first answer was lost. */
  LastReset: closed({ type: oneOf('LastReset') }),
} as const;

/** What the module answers; `Refused` to any of them. */
export const ANSWERS = {
  Identified: closed({
    type: oneOf('Identified'),
    serial: name,
    moduleClass: name,
    state: oneOf(...MODULE_STATES),
    epoch: integer(0),
    identity: certificate,
    identityCa: certificate,
  }),
  KeyMade: closed({ type: oneOf('KeyMade'), attestation: octets(1, 1024), signature }),
  /** Both by the module key: that it holds this certificate and operates now. */
  Installed: closed({ type: oneOf('Installed'), statement: octets(1, 256), signature }),
  Discarded: closed({ type: oneOf('Discarded') }),
  NonceGiven: closed({ type: oneOf('NonceGiven'), nonce: digest }),
  /** By the identity key: the key of this epoch is erased. */
  WasReset: closed({ type: oneOf('WasReset'), statement: octets(1, 256), signature }),
  StoredCertificate: closed({ type: oneOf('StoredCertificate'), certificate, statement: octets(1, 256), signature }),
  Refused: closed({
    type: oneOf('Refused'),
    code: text(48, /^[A-Z][A-Z0-9_]+$/),
    message: text(300),
  }),
} as const;

type RequestRows = typeof REQUESTS;
type AnswerRows = typeof ANSWERS;
export type RequestType = keyof RequestRows;
export type AnswerType = keyof AnswerRows;
export type RequestOf<K extends RequestType> = Read<RequestRows[K]>;
export type AnswerOf<K extends AnswerType> = Read<AnswerRows[K]>;
export type Request = { [K in RequestType]: RequestOf<K> }[RequestType];
export type Answer = { [K in AnswerType]: AnswerOf<K> }[AnswerType];

function readFrom(table: Readonly<Record<string, Template<object>>>, frame: Json): object | Refusal {
  const type = typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : undefined;
  const row = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
  return row === undefined
    ? refuse('UNKNOWN_MESSAGE', 'The line carries no message of this type.')
    : row(frame, 'message');
}

/** A request from a frame; refuses UNKNOWN_MESSAGE, BAD_SHAPE. */
export function parseRequest(frame: Json): Request | Refusal {
  return readFrom(REQUESTS, frame) as Request | Refusal;
}

/** An answer from a frame; a module's `Refused` becomes the refusal that it carries. */
export function parseAnswer(frame: Json): Exclude<Answer, { type: 'Refused' }> | Refusal {
  const answer = readFrom(ANSWERS, frame) as Answer | Refusal;
  if (isRefusal(answer)) return answer;
  return answer.type === 'Refused' ? refuse(answer.code, answer.message) : answer;
}

export function frameOf(message: Request | Answer): Json {
  return wire(message);
}

export function refusedAnswer(refusal: Refusal): AnswerOf<'Refused'> {
  const plain = refusal.message.replace(/[^ !#-[\]-~]/g, '?').slice(0, 300);
  return { type: 'Refused', code: refusal.code, message: plain };
}
