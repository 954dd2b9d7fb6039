/**
 * SIGN CERTIFICATE: the one command that certifies a module's key. Checks everything of `law.ts` by itself,
 * then: reserve number and spend → sign → make the entry durable → answer.
 */
import { judgeQuorum } from '#libs/approval/approval.ts';
import { verifyIdentityChain } from '#libs/certificates/chain.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { isP256Spki } from '#libs/certificates/p256.ts';
import { type Response } from '#libs/chip-card-protocol/apdu.ts';
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { equal } from '#libs/kernel/bytes.ts';
import { keyFromSpki, sha256 } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import { type PersonalizeOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Attestation, decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { type Card, type CardCommand, cardKeyOf, heldBy, no, ok, refused } from '../context.ts';
import { type Leased, leaseOf } from '../lease.ts';
import { answerOf, complete, isSpent, issueFor, reserve } from '../log.ts';
import { octets } from '../memory.ts';
import type { Presented } from '../session.ts';

interface Request {
  readonly bytes: Uint8Array;
  readonly attestation: Attestation;
  readonly signature: Uint8Array;
  readonly identity: Uint8Array;
  readonly identityCa: Uint8Array;
  readonly inclusion: Uint8Array;
}

export const signCertificate: CardCommand = (card, { data }) => {
  const { presented } = card.session;
  if (presented?.it.order.kind !== 'personalize') return no(STATUS.CONDITIONS_NOT_SATISFIED, 'ORDER_MISSING');
  const quorum = judgeQuorum(presented.it, presented.signers, card.laws.fourEyes);
  if (quorum !== null) return refused(quorum);
  const request = readRequest(data);
  if (isRefusal(request)) return no(STATUS.WRONG_DATA, request.code);
  return answerAgain(card, presented, request) ?? signAnew(card, { presented, order: presented.it.order, request });
};

function readRequest(data: Uint8Array): Request | Refusal {
  const fields = decodeFields(data, 5);
  if (isRefusal(fields)) return fields;
  const nothing = new Uint8Array();
  const [bytes = nothing, signature = nothing, identity = nothing, identityCa = nothing, inclusion = nothing] = fields;
  const attestation = decodeAttestation(bytes);
  if (isRefusal(attestation)) return attestation;
  if (!isP256Spki(attestation.spki)) return refuse('ATTESTATION_KEY', 'The attested key is no point of P-256.');
  return { bytes, attestation, signature, identity, identityCa, inclusion };
}

/** The same order, module and key again: the stored answer, without lease or attestation. */
function answerAgain(card: Card, presented: Presented, { attestation }: Request): Response | null {
  const issue = issueFor(card.memory, sha256(presented.bytes), attestation.serial);
  return issue !== null && equal(octets(issue.spki), attestation.spki) ? ok(answerOf(card.memory, issue)) : null;
}

interface Asked {
  readonly presented: Presented;
  readonly order: PersonalizeOrder;
  readonly request: Request;
}

function signAnew(card: Card, asked: Asked): Response {
  const leased = leaseOf(card);
  const refusal = judgeSigning(card, asked, leased);
  if (refusal === null && leased !== null) {
    const { presented, order, request } = asked;
    reserve(card, { presented, order, time: leased.lease.time, attestation: request.attestation });
  }
  card.session.voidChallenge();
  return refusal === null ? ok(answerOf(card.memory, complete(card))) : refused(refusal);
}

function judgeSigning(card: Card, { presented, order, request }: Asked, leased: Leased | null): Refusal | null {
  const { memory, session, laws } = card;
  const { attestation } = request;
  if (session.challenge === null) return refuse('CHALLENGE_MISSING', 'Ask for a challenge first.');
  if (leased === null) return refuse('LEASE_MISSING', 'Put a lease for the challenge first.');
  const orderHash = sha256(presented.bytes);
  const unusable = judge(laws.use, { order, orderHash, ...leased });
  if (unusable !== null) return unusable;
  const pinned = octets(memory.customer?.identityCaSpki ?? null);
  const identity = verifyIdentityChain(
    { leaf: request.identity, identityCa: request.identityCa, pinned: { identityCaSpki: pinned } },
    laws.identity,
  );
  if (isRefusal(identity)) return identity;
  return judge(laws.sign, {
    order,
    orderHash,
    genesis: heldBy(memory).pins.genesis,
    cardKey: cardKeyOf(memory),
    challenge: session.challenge,
    attestation,
    attestationSignatureHolds: verifyRaw(request.bytes, request.signature, keyFromSpki(identity.spki)),
    inclusion: request.inclusion,
    identity: { serial: identity.serial, moduleClass: identity.moduleClass },
    serialSpent: isSpent(memory, orderHash, attestation.serial),
    logFull: memory.log.length >= memory.capacity,
  });
}
