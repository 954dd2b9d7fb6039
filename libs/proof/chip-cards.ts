/** A card's signing key: born in a genuine card of this deployment, and certified under the root of an accepted manufacturer. */
import type { CardChain } from '#libs/certificates/chain.ts';
import { asNew, cardChainUnder } from '#libs/certificates/manufacturer-roots.ts';
import { checkBirth } from '#libs/chip-card-protocol/birth.ts';
import type { Birth } from '#libs/chip-card-protocol/statements.ts';
import type { CertifiedKey, Issue } from '#libs/domain/chip-card/chip-card.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { genesisOf } from './genesis.ts';
import { type Genesis, type Known, nameIn } from './known.ts';
import { octetsOf, thumbprintOf } from './signatures.ts';

export interface CertifiedCase {
  readonly said: CertifiedKey;
  readonly issue: Issue;
  readonly genesis: Genesis;
  readonly setInForce: string;
  readonly birth: Birth;
  readonly chain: CardChain;
}

/** Birth statement and certificates hold, each by itself; together they must speak of one key, card and deployment. */
export const certifiedLaw: Law<CertifiedCase> = [
  {
    code: 'SIGNING_KEY_THUMBPRINT',
    says: 'The record names the signing key by another thumbprint than it has.',
    holds: ({ said, birth }) => said.cardKey === toBase64url(birth.cardKey),
  },
  {
    code: 'CARD_CA_OTHER_KEY',
    says: 'The CA certificate of the card is for another key.',
    holds: ({ said, chain }) => equal(chain.cardCa.spki, octetsOf(said.spki)),
  },
  {
    code: 'CARD_CA_OTHER_DEPLOYMENT',
    says: 'The CA certificate of the card is for another deployment or customer.',
    holds: ({ chain, genesis }) =>
      toBase64url(chain.cardCa.genesis) === genesis.hash && chain.cardCa.organization === genesis.founding.customer,
  },
  {
    code: 'CARD_OTHER_ENFORCEMENT',
    says: 'Order, birth statement and CA certificate disagree on who enforces the law of the card.',
    holds: ({ issue, birth, chain }) =>
      birth.enforcement === issue.enforcement && chain.cardCa.enforcement === issue.enforcement,
  },
  {
    code: 'CARD_OTHER_APPROVER_SET',
    says: 'The card was born with another approver set.',
    holds: ({ birth, setInForce }) => toBase64url(birth.approverSet) === setInForce,
  },
];

/** SigningKeyCertified. */
export function signingKeyCertified(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as CertifiedKey;
  const genesis = genesisOf(known);
  const card = known.cards.get(nameIn(event.stream, 'card-'));
  if (card === undefined) return refuse('CARD_UNKNOWN', 'No card of this name was issued before.');
  const { issue } = card;
  const spki = octetsOf(said.spki);
  const evidence = {
    birth: octetsOf(said.birth),
    birthSignature: octetsOf(said.birthSignature),
    deviceSpki: octetsOf(issue.deviceKey),
    deviceSignature: octetsOf(issue.deviceCertificate),
  };
  if (thumbprintOf(spki) === null) return refuse('SIGNING_KEY_THUMBPRINT', 'The signing key is no public key.');
  const cardMakerSpki = octetsOf(genesis.founding.cardMakerRoot);
  const birth = checkBirth(evidence, { card: issue.card, cardKeySpki: spki, genesis: genesis.hash, cardMakerSpki });
  if (isRefusal(birth)) return birth;
  const [customerCa, cardCa] = [octetsOf(said.customerCa), octetsOf(said.cardCa)];
  const under = asNew(cardChainUnder(known.manufacturers.values(), { customerCa, cardCa }));
  if (isRefusal(under)) return under;
  const { found: chain } = under;
  const { certificate: root } = under.root;
  const refusal = judge(certifiedLaw, { said, issue, genesis, setInForce: known.setInForce, birth, chain });
  if (refusal !== null) return refusal;
  const key = { cardKey: said.cardKey, spki, birthHash: hashId(evidence.birth), logKey: birth.logKey, root, ...chain };
  known.cards.set(issue.card, { ...card, key });
  return null;
}

/** CardActivated: with the approver set of the deployment. */
export function cardActivated(known: Known, { data }: StoredEvent): Refusal | null {
  const { approverSet } = data as { approverSet: string };
  return approverSet === known.setInForce
    ? null
    : refuse('CARD_OTHER_APPROVER_SET', 'The card was activated with another approver set.');
}
