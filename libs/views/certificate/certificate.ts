/** Certificates of modules: issued by a card, recorded, installed in the module, revoked. */
import type { CertificateEvent } from '#libs/domain/certificate/certificate.ts';
import type { PersonalizationEvent } from '#libs/domain/personalization/personalization.ts';
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
  readonly installedAt: string | null;
  readonly reason: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
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
        if (row !== null) return { ...row, number: fact.data.number, ...at };
        const { order, serial } = runOf(stream);
        const { card, cardKey, number } = fact.data;
        const nothing = { station: null, installedAt: null, reason: null };
        const issued = { state: 'issued', serial, orderId: order, card, cardKey, personalization: stream } as const;
        return { ...begun(moved), ...issued, number, ...nothing };
      }
      case 'CertificateRecorded': {
        const { serial, order, card, cardKey, station, personalization } = fact.data;
        const recorded = { state: 'valid', serial, orderId: order, card, cardKey, station, personalization } as const;
        const nothing = { number: null, installedAt: null, reason: null };
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
