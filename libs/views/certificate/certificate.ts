/** Certificates of modules: issued by a card, recorded, installed in the module, revoked. */
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import type { CertificateEvent } from '#libs/domain/certificate/certificate.ts';
import type { PersonalizationEvent } from '#libs/domain/personalization/personalization.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { runOf } from '../run.ts';
import { type Row, begun, behind, viewOf } from '../view.ts';

export interface CertificateRow extends Row {
  readonly id: string;
  readonly since: number;
  /** `issued` by the card and not yet concluded, then `valid`, then `revoked`. */
  readonly state: 'issued' | 'valid' | 'revoked';
  readonly serial: string;
  readonly orderId: string;
  readonly card: string;
  readonly cardKey: string;
  readonly station: string | null;
  readonly personalization: string;
  /** In the card's own log. */
  readonly number: number | null;
  /** As the card's own log entry says; null where there is none that can be read. */
  readonly assurance: string | null;
  readonly enforcement: 'device' | 'host' | null;
  readonly installedAt: string | null;
  readonly reason: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

/** What the card said of itself when it signed. */
export function statedBy(entry: string): Pick<CertificateRow, 'assurance' | 'enforcement'> {
  const read = decodeLogEntry(fromBase64url(entry) ?? new Uint8Array());
  return isRefusal(read)
    ? { assurance: null, enforcement: null }
    : { assurance: read.assurance, enforcement: read.enforcement };
}

type Step = Extract<PersonalizationEvent, { type: 'CertificateIssued' | 'CertificateInstalled' }>;

export const certificateView = viewOf<CertificateRow, CertificateEvent | Step>({
  name: 'certificate',
  columns: [
    'id',
    'since',
    'state',
    'serial',
    'orderId',
    'card',
    'cardKey',
    'station',
    'personalization',
    'number',
    'assurance',
    'enforcement',
    'installedAt',
    'reason',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['CertificateIssued', 'CertificateInstalled', 'CertificateRecorded', 'CertificateRevoked'],
  keysOf: (fact, { stream }) =>
    fact.type === 'CertificateIssued' || fact.type === 'CertificateInstalled'
      ? [fact.data.fingerprint]
      : [behind('certificate-', stream)],
  apply: (row, moved) => {
    const { fact, stream, at } = moved;
    switch (fact.type) {
      case 'CertificateIssued': {
        if (row !== null) return { ...row, number: fact.data.number, ...statedBy(fact.data.entry), ...at };
        const { order, serial } = runOf(stream);
        const { card, cardKey, number } = fact.data;
        const nothing = { station: null, installedAt: null, reason: null };
        const issued = { state: 'issued', serial, orderId: order, card, cardKey, personalization: stream } as const;
        return { ...begun(moved), ...issued, number, ...statedBy(fact.data.entry), ...nothing };
      }
      case 'CertificateRecorded': {
        const { serial, order, card, cardKey, station, personalization } = fact.data;
        const recorded = { state: 'valid', serial, orderId: order, card, cardKey, station, personalization } as const;
        const nothing = { number: null, assurance: null, enforcement: null, installedAt: null, reason: null };
        return { ...(row ?? { ...begun(moved), ...nothing }), ...recorded, ...at };
      }
      case 'CertificateInstalled':
        return row === null ? null : { ...row, installedAt: moved.occurredAt, ...at };
      case 'CertificateRevoked':
        return row === null ? null : { ...row, state: 'revoked', reason: fact.data.reason, ...at };
      default:
        return row;
    }
  },
});
