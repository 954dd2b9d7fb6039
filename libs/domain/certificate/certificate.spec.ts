import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import {
  type CertificateRecord,
  type CertificateRecorded,
  type CertificateRevoked,
  certificateDecider,
} from './certificate.ts';

const record: CertificateRecord = {
  fingerprint: 'print-1',
  order: 'order-a',
  serial: 'ATM-1',
  card: 'card-1',
  cardKey: 'key-1',
  station: 'north',
  personalization: 'personalization-order-a-ATM-1',
};
const recorded: CertificateRecorded = { type: 'CertificateRecorded', data: record };
const revoked: CertificateRevoked = { type: 'CertificateRevoked', data: { reason: 'stolen', order: 'order-b' } };
const revoke = { do: 'RevokeCertificate', reason: 'stolen', order: 'order-b' } as const;

describe('a certificate', () => {
  test('is recorded once, under one set of particulars', () => {
    given(certificateDecider).when({ do: 'RecordCertificate', record }).then(recorded);
    given(certificateDecider, recorded).when({ do: 'RecordCertificate', record }).nothing();
    const other = { ...record, serial: 'ATM-2' };
    given(certificateDecider, recorded).when({ do: 'RecordCertificate', record: other }).refused('CERTIFICATE_DIFFERS');
  });

  test('is revoked once and for good', () => {
    given(certificateDecider).when(revoke).refused('CERTIFICATE_UNKNOWN');
    given(certificateDecider, recorded).when(revoke).then(revoked);
    given(certificateDecider, recorded, revoked).when(revoke).nothing();
    given(certificateDecider, recorded, revoked).when({ do: 'RecordCertificate', record }).nothing();
  });

  test('lifecycle', () => {
    lifecycle(certificateDecider, {
      golden: new URL('./certificate.lifecycle.txt', import.meta.url),
      commands: {
        record: { do: 'RecordCertificate', record },
        revoke,
      },
      variants: {
        'record otherwise': { do: 'RecordCertificate', record: { ...record, card: 'card-2' } },
      },
      shows: (state) =>
        state.is === 'unknown' ? state.is : `${state.is}, of ${state.record.serial} by ${state.record.card}`,
    });
  });
});
