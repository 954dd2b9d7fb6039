/** Witness of chip cards: the maker's word for the device, the birth of the key, the CA certificate, and each order. */
import { asNew, cardChainUnder } from '#libs/certificates/manufacturer-roots.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { type BirthEvidence, checkBirth, encodeDevice } from '#libs/chip-card-protocol/birth.ts';
import { FIRST_HEAD, encodeLogHead } from '#libs/chip-card-protocol/log-entry.ts';
import { decodeBirth } from '#libs/chip-card-protocol/statements.ts';
import type { ChipCardCommand } from '#libs/domain/chip-card/chip-card.ts';
import { equal, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { hashId, keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { CardFacts, Facts } from '../board-facts.ts';
import { manufacturerRoots } from './manufacturer.ts';
import { held, witnessApproved } from './order.ts';

type CommandOf<K extends ChipCardCommand['do']> = Extract<ChipCardCommand, { do: K }>;

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

export function witnessIssue(
  facts: Facts,
  it: { readonly order: string; readonly deviceSpki: string; readonly deviceSignature: string; readonly now: Seconds },
): CommandOf<'IssueCard'> | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'issue-card', now: it.now });
  if (isRefusal(order)) return order;
  const device = octets(it.deviceSpki);
  if (hashId(device) !== order.deviceKey)
    return refuse('OTHER_KEY_THAN_ORDERED', 'The device key is not the one that the approved order names.');
  const maker = octets(facts.founding?.cardMakerRoot ?? '');
  if (!signatureHolds(encodeDevice(order.card, device, order.enforcement), octets(it.deviceSignature), maker))
    return refuse('DEVICE_UNKNOWN', 'The card maker pinned at genesis did not sign this device key.');
  const { card, custodians, enforcement } = order;
  return {
    do: 'IssueCard',
    issue: {
      card,
      deviceCertificate: it.deviceSignature,
      deviceKey: it.deviceSpki,
      custodians,
      enforcement,
      order: it.order,
    },
  };
}

function signatureHolds(over: Uint8Array, signature: Uint8Array, spki: Uint8Array): boolean {
  try {
    return verifyRaw(over, signature, keyFromSpki(spki));
  } catch {
    return false; // octets that are no P-256 key
  }
}

export interface Certification {
  readonly card: string;
  readonly spki: string;
  readonly birth: {
    readonly birth: string;
    readonly birthSignature: string;
    readonly deviceSpki: string;
    readonly deviceSignature: string;
  };
  readonly customerCa: string;
  readonly cardCa: string;
}

/** The key was born in a genuine card of this deployment, and an accepted manufacturer's chain certifies that very key. */
export function witnessCertification(facts: Facts, it: Certification): CommandOf<'CertifySigningKey'> | Refusal {
  const card = facts.cards.get(it.card);
  if (card === undefined) return refuse('CARD_UNKNOWN', 'No card of this name was issued by an approved order.');
  const birth = checkBirth(evidenceOf(card, it.birth), {
    card: it.card,
    cardKeySpki: octets(it.spki),
    genesis: facts.genesis,
    cardMakerSpki: octets(facts.founding?.cardMakerRoot ?? ''),
  });
  if (isRefusal(birth)) return birth;
  if (toBase64url(birth.approverSet) !== held(facts).pins.approverSet)
    return refuse('CARD_OTHER_APPROVER_SET', 'The card was born under another approver set than the one in force.');
  const shown = { customerCa: octets(it.customerCa), cardCa: octets(it.cardCa) };
  const under = asNew(cardChainUnder(manufacturerRoots(facts), shown));
  if (isRefusal(under)) return under;
  const { found: chain } = under;
  if (!equal(chain.cardCa.spki, octets(it.spki)) || toBase64url(chain.cardCa.genesis) !== facts.genesis)
    return refuse('CARD_CA_OTHER_KEY', 'The CA certificate is for another key or another deployment.');
  const { spki, customerCa, cardCa } = it;
  const certified = { cardKey: toBase64url(birth.cardKey), spki, customerCa, cardCa };
  return {
    do: 'CertifySigningKey',
    certified: { ...certified, birth: it.birth.birth, birthSignature: it.birth.birthSignature },
  };
}

/** The device key is the one on record, whatever the caller sends along. */
function evidenceOf(card: CardFacts, birth: { birth: string; birthSignature: string }): BirthEvidence {
  return {
    birth: octets(birth.birth),
    birthSignature: octets(birth.birthSignature),
    deviceSpki: octets(card.deviceSpki),
    deviceSignature: octets(card.deviceSignature),
  };
}

/** An active card signs heads: its log key, named at birth, signed the empty log over this deployment's genesis. */
export function witnessActivation(
  facts: Facts,
  it: { readonly card: string; readonly statement: string; readonly signature: string },
): CommandOf<'ActivateCard'> | Refusal {
  const key = facts.cards.get(it.card)?.key ?? null;
  if (key === null) return refuse('CARD_UNKNOWN', 'No signing key of a card of this name was certified.');
  const birth = decodeBirth(octets(key.birth));
  if (isRefusal(birth)) return birth;
  const expected = encodeLogHead({ card: it.card, number: 0, head: FIRST_HEAD, nonce: activationNonce(facts.genesis) });
  if (!equal(expected, octets(it.statement)) || !signatureHolds(expected, octets(it.signature), birth.logKey))
    return refuse('CARD_HEAD', 'The card did not sign the head of its empty log for this deployment.');
  const { approverSet } = held(facts).pins;
  return { do: 'ActivateCard', approverSet, cardKey: thumbprint(publicJwk(keyFromSpki(octets(key.spki)))) };
}

/** The first 16 octets of the genesis hash. */
export function activationNonce(genesis: string): Uint8Array {
  return octets(genesis).slice(0, 16);
}

/** Trusting a suspended key again: an order of its own kind, which names card, key and birth. */
export function witnessRetrust(
  facts: Facts,
  it: { readonly order: string; readonly now: Seconds },
): { card: string; found: CommandOf<'TrustAgain'> | Refusal } {
  const order = witnessApproved(facts, { id: it.order, kind: 'retrust-signing-key', now: it.now });
  if (isRefusal(order)) return { card: 'unknown', found: order };
  const { card, cardKey } = order;
  const key = facts.cards.get(card)?.key ?? null;
  if (key === null || key.cardKey !== cardKey || hashId(octets(key.birth)) !== order.birth)
    return {
      card,
      found: refuse('KEY_UNKNOWN', 'No card of this name holds this signing key, born as the order says.'),
    };
  return { card, found: { do: 'TrustAgain', cardKey, order: it.order } };
}

/** Taking trust away: one officer suspends, two declare compromised (security: revocation). */
export function witnessDisabling(
  facts: Facts,
  it: {
    readonly order: string;
    readonly kind: 'suspend-signing-key' | 'compromise-signing-key';
    readonly now: Seconds;
  },
): { card: string; found: CommandOf<'SuspendSigningKey' | 'CompromiseSigningKey'> | Refusal } {
  const order = witnessApproved(facts, { id: it.order, kind: it.kind, now: it.now });
  if (isRefusal(order)) return { card: 'unknown', found: order };
  const { cardKey, reason } = order;
  const card = [...facts.cards.values()].find((one) => one.key?.cardKey === cardKey);
  if (card === undefined)
    return { card: 'unknown', found: refuse('KEY_UNKNOWN', 'No card with this signing key was issued here.') };
  const what = it.kind === 'suspend-signing-key' ? 'SuspendSigningKey' : 'CompromiseSigningKey';
  return { card: card.card, found: { do: what, cardKey, order: it.order, reason } };
}
