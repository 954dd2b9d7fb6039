/** A module's certificate as the record knows it: whose it is, and whether it was taken back. It holds no DER. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { never, refuse } from '#libs/kernel/refusal.ts';

export interface CertificateRecord {
  /** SHA-256 of the DER. */
  readonly fingerprint: string;
  readonly order: string;
  readonly serial: string;
  readonly card: string;
  readonly cardKey: string;
  readonly station: string;
  /** Stream of the personalization that brought it. */
  readonly personalization: string;
}

export type CertificateRecorded = Fact<'CertificateRecorded', CertificateRecord>;
export type CertificateRevoked = Fact<'CertificateRevoked', { readonly reason: string; readonly order: string | null }>;
export type CertificateEvent = CertificateRecorded | CertificateRevoked;

export type CertificateCommand =
  | { readonly do: 'RecordCertificate'; readonly record: CertificateRecord }
  | { readonly do: 'RevokeCertificate'; readonly reason: string; readonly order: string | null };

export type CertificateState =
  | { readonly is: 'unknown' }
  | { readonly is: 'valid'; readonly record: CertificateRecord }
  | { readonly is: 'revoked'; readonly record: CertificateRecord; readonly reason: string };

export const certificateStream = (fingerprint: string): string => `certificate-${fingerprint}`;

export const certificateDecider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initial: { is: 'unknown' },
  decide: (command, state) => {
    switch (command.do) {
      case 'RecordCertificate':
        if (state.is === 'unknown') return [{ type: 'CertificateRecorded', data: command.record }];
        return canonicalJson(state.record) === canonicalJson(command.record)
          ? []
          : refuse(
              'CERTIFICATE_DIFFERS',
              'This certificate is already recorded with other particulars; look for two issuers.',
            );
      case 'RevokeCertificate':
        if (state.is === 'unknown')
          return refuse('CERTIFICATE_UNKNOWN', 'No such certificate is recorded; check its fingerprint.');
        if (state.is === 'revoked') return [];
        return [{ type: 'CertificateRevoked', data: { reason: command.reason, order: command.order } }];
      default:
        return never(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'CertificateRecorded':
        return { is: 'valid', record: event.data };
      case 'CertificateRevoked':
        return state.is === 'valid' ? { ...state, is: 'revoked', reason: event.data.reason } : state;
      default:
        return never(event);
    }
  },
};
