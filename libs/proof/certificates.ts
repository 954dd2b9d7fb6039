/** What the record says of certificates: each an accepted issue told again, in the words of that issue. */
import type { CertificateRecord, CertificateRevoked } from '#libs/domain/certificate/certificate.ts';
import { securityModuleStream } from '#libs/domain/security-module/security-module.ts';
import { personalizationStream } from '#libs/domain/personalization/personalization.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { takeEntry } from './card-log.ts';
import { judgeUnderLease } from './field-leases.ts';
import { contestedIssue, judgeIssue } from './issue.ts';
import { type Known, nameIn, runOf } from './known.ts';
import { actUnder } from './orders.ts';

export function certificateIssued(known: Known, event: StoredEvent): Refusal | null {
  const issued = judgeIssue(known, event);
  if (isRefusal(issued)) return issued;
  const refusal = judgeUnderLease(known, issued.card, issued.entry) ?? takeEntry(known, event, true);
  if (refusal !== null) return refusal;
  known.certificates.set(issued.fingerprint, issued);
  known.acts.add(actUnder(issued.order, event.stream));
  return null;
}

/** A contested issue spends its order all the same, and its entry may be a link of the card's log. */
export function certificateContested(known: Known, event: StoredEvent): null {
  const issued = contestedIssue(known, event);
  takeEntry(known, event, false);
  known.acts.add(actUnder(runOf(event.stream).order, event.stream));
  if (issued !== null && !known.certificates.has(issued.fingerprint))
    known.certificates.set(issued.fingerprint, issued);
  return null;
}

export function certificateRecorded(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as CertificateRecord;
  const issued = known.certificates.get(said.fingerprint);
  const stream = personalizationStream(said.order, said.serial);
  const told =
    issued?.accepted === true &&
    said.fingerprint === nameIn(event.stream, 'certificate-') &&
    said.personalization === stream &&
    issued.event.stream === stream &&
    issued.card === said.card &&
    issued.cardKey === said.cardKey &&
    issued.station === said.station;
  if (!told) return refuse('CERTIFICATE_NOT_ISSUED', 'No accepted issue says this of the certificate.');
  known.recorded.set(said.fingerprint, known.index);
  return null;
}

/** CertificateRevoked: with a key that the module erased, under the order by which it did. */
export function certificateRevoked(known: Known, event: StoredEvent): Refusal | null {
  const { order: id } = event.data as CertificateRevoked['data'];
  const certificate = known.certificates.get(nameIn(event.stream, 'certificate-'));
  const order = known.orders.get(id ?? '')?.it.order;
  const erased =
    (order?.kind === 'reset' || order?.kind === 'transfer') &&
    order.serial === certificate?.serial &&
    order.epoch === certificate.moduleKey.epoch &&
    known.acts.has(actUnder(id ?? '', securityModuleStream(order.serial)));
  return erased ? null : refuse('REVOKED_BY_NOTHING', 'Nothing was done that takes this certificate back.');
}
