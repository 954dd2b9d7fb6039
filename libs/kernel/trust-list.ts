/** The trust list as a document: what the platform sends to a station, and what the station checks of it by itself. */
import { utf8 } from './bytes.ts';
import { type Json, canonicalJson } from './canonical-json.ts';
import { proof } from './detached-jws.ts';
import { hashId } from './hash.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Moment } from './disabling-orders.ts';
import { type Read, type Template, closed, hash, integer, list, name, oneOf, optional } from './template.ts';

export const TRUST_LIST_DOMAIN = 'keyledger/trust-list/v1';

/** Longest list that is read, characters. */
export const TRUST_LIST_CHARACTERS_MAX = 64_000_000;

/** Most certificates that one key's disabling leaves at one station. */
export const SURVIVORS_MAX = 20_000;

/** Any text up to a length: here stand JSON and signed notes, which the plain templates do not allow. */
function longText(charactersMax: number): Template<string> {
  return (value, path) =>
    typeof value === 'string' && value.length <= charactersMax
      ? value
      : refuse('BAD_SHAPE', `${path} must be a text of at most ${charactersMax} characters.`);
}

const anything: Template<Json> = (value, path) => value ?? refuse('BAD_SHAPE', `${path} is missing.`);

const octets = longText(8192);

/** A sealed event, whole but for its position, with its leaf and RFC 6962 proof, 32 octets each. */
const sealed = {
  event: closed({
    id: name,
    stream: longText(300),
    revision: integer(0),
    type: longText(100),
    schemaVersion: integer(1),
    occurredAt: longText(40),
    recordedAt: longText(40),
    salt: longText(44),
    data: anything,
    metadata: anything,
  }),
  index: integer(0),
  inclusion: list(hash, 0, 64),
} as const;

/** A certificate that was sealed before the moment: the event that recorded it, proved under the moment's own checkpoint. */
const survivor = closed(sealed);

/** Disabled from a moment on: the order that says so, the log key's signed note of that moment, and all that outlives it. */
const disabling = closed({
  order: octets,
  approvals: list(proof, 0, 16),
  checkpoint: longText(4000),
  survivors: list(survivor, 0, SURVIVORS_MAX),
  /** A checkpoint that witnesses cosigned, and the proof that it grew out of the moment (RFC 6962 §2.1.2); none where they are one. */
  witnessed: optional(closed({ checkpoint: longText(20_000), consistency: list(hash, 0, 64) })),
});

const entry = closed({
  cardKey: hash,
  state: oneOf('active', 'suspended', 'deactivated', 'compromised'),
  card: name,
  cardKeySpki: octets,
  customerCa: octets,
  cardCa: octets,
  birth: closed({ birth: octets, birthSignature: octets, deviceSpki: octets, deviceSignature: octets }),
  /** Canonical order, as its approvers signed it. */
  order: octets,
  approvals: list(proof, 0, 16),
  /** The sealed event that put the key on the list, proved in the checkpoint of the list. */
  ...sealed,
  /** Where `state` is deactivated and something outlives it. */
  disabling: optional(disabling),
});

/** A set that came into force after the founding's, with the order that the set before it approved. */
const setLink = closed({ document: longText(65_536), order: octets, approvals: list(proof, 0, 16) });

/** A key of the log after the founding's: the event that introduced it, under a checkpoint that the key before signed too. */
const logKeyLink = closed({ ...sealed, checkpoint: longText(20_000) });

/** A witness let in after the founding: the sealed event that says so, and the order that its quorum approved. */
const admission = closed({ ...sealed, order: octets, approvals: list(proof, 0, 16) });

const document = closed({
  domain: oneOf(TRUST_LIST_DOMAIN),
  genesis: hash,
  station: name,
  version: integer(0),
  hash,
  notAfter: integer(0),
  /** Signed note (C2SP tlog-checkpoint). */
  checkpoint: longText(20_000),
  /** The keys that signed the log one after the other, oldest first; missing where it has its first one still. */
  logKeys: optional(list(logKeyLink, 0, 64)),
  /** Who witnesses the log since the founding, oldest first; missing where nobody was let in since. */
  witnesses: optional(list(admission, 0, 64)),
  /** The chain of approver sets, oldest first: the station follows it by itself. */
  approverSets: list(setLink, 0, 64),
  entries: list(entry, 0, 1000),
  epochs: list(closed({ serial: name, epoch: integer(1) }), 0, 20_000),
});

export type TrustList = Read<typeof document>;
export type TrustListEntry = Read<typeof entry>;
export type WitnessLink = Read<typeof admission>;
export type LogKeyLink = Read<typeof logKeyLink>;
export type Disabling = Read<typeof disabling>;
export type Survivor = Read<typeof survivor>;

/** Names a version: SHA-256 of station, version and the state of each key, with the moment from which it was disabled. */
export function trustListHash(
  station: string,
  version: number,
  entries: readonly { readonly cardKey: string; readonly state: string; readonly from?: Moment | null }[],
): string {
  const keys = entries.map(({ cardKey, state, from }) => ({ cardKey, state, ...(from == null ? {} : { from }) }));
  keys.sort((a, b) => (a.cardKey < b.cardKey ? -1 : 1));
  return hashId(utf8(canonicalJson({ domain: TRUST_LIST_DOMAIN, station, version, keys })));
}

/** Reads the text of a list; refuses BAD_SHAPE, TOO_LARGE, NOT_JSON. */
export function parseTrustList(text: string): TrustList | Refusal {
  if (text.length > TRUST_LIST_CHARACTERS_MAX)
    return refuse('TOO_LARGE', 'The trust list is longer than a station reads.');
  try {
    return document(JSON.parse(text) as Json, 'trustList');
  } catch {
    return refuse('NOT_JSON', 'The trust list is not JSON.');
  }
}
