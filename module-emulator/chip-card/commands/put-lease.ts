/** PUT LEASE: time, withdrawn orders and the number of entries, from headquarters, for the outstanding challenge. */
import { STATUS } from '#libs/chip-card-protocol/commands.ts';
import { decodeFields } from '#libs/chip-card-protocol/fields.ts';
import { decodeLease } from '#libs/chip-card-protocol/statements.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import { judge } from '#libs/kernel/law.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { bothCustodians } from '../access-law.ts';
import { type CardCommand, heldBy, no, ok, refused } from '../context.ts';
import { octets } from '../memory.ts';

export const putLease: CardCommand = (card, { data }) => {
  const { memory, session } = card;
  if (session.challenge === null || memory.customer === null)
    return no(STATUS.CONDITIONS_NOT_SATISFIED, 'CHALLENGE_MISSING');
  const [statement, signature] = splitLease(data);
  const lease = decodeLease(statement);
  if (isRefusal(lease)) return no(STATUS.WRONG_DATA, lease.code);
  const refusal = judge(card.laws.lease, {
    lease,
    signatureHolds: verifyRaw(statement, signature, keyFromSpki(octets(memory.customer.leaseKeySpki))),
    card: memory.card,
    challenge: session.challenge,
    approverSet: heldBy(memory).pins.approverSet,
    timeSeen: memory.timeSeen,
    custodians: bothCustodians(session),
  });
  if (refusal !== null) return refused(refusal);
  const forField = lease.entries > 1;
  const keptLease = forField ? { statement: toBase64url(statement), entriesLeft: lease.entries } : memory.keptLease;
  card.remember({ ...memory, keptLease, timeSeen: Math.max(memory.timeSeen, lease.time) });
  session.lease = forField ? null : lease;
  session.entriesLeft = forField ? 0 : lease.entries;
  return ok();
};

function splitLease(data: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const fields = decodeFields(data, 2);
  const nothing = new Uint8Array();
  return isRefusal(fields) ? [nothing, nothing] : [fields[0] ?? nothing, fields[1] ?? nothing];
}
