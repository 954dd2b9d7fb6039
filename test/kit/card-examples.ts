/** Commands and events of a chip card for law tests. */
import type { Divergence, DivergenceKind } from '#libs/domain/chip-card/card-log.ts';
import type {
  CardLogDiverged,
  CardLogRead,
  CardUsed,
  CertifiedKey,
  ChipCardEvent,
  Issue,
} from '#libs/domain/chip-card/chip-card.ts';

export const issue: Issue = {
  card: 'card-1',
  deviceCertificate: 'device certificate',
  deviceKey: 'device key',
  custodians: ['kim', 'lee'],
  enforcement: 'device',
  order: 'order-issue',
};
export const certifiedKey: CertifiedKey = {
  cardKey: 'key-1',
  spki: 'spki',
  birth: 'birth',
  birthSignature: 'birth signature',
  customerCa: 'customer ca',
  cardCa: 'card ca',
};
export const cardKey = 'key-1';

export const issueCard = { do: 'IssueCard', issue } as const;
export const certify = { do: 'CertifySigningKey', certified: certifiedKey } as const;
export const activate = { do: 'ActivateCard', approverSet: 'set-1', cardKey } as const;
export const suspend = (order = 'order-s') => ({ do: 'SuspendSigningKey', cardKey, order, reason: 'lost' }) as const;
export const trustAgain = (order = 'order-t') => ({ do: 'TrustAgain', cardKey, order }) as const;
export const compromise = { do: 'CompromiseSigningKey', cardKey, order: 'order-c', reason: 'stolen' } as const;
export const disable = (order = 'order-d') =>
  ({ do: 'DeactivateSigningKey', cardKey, order, reason: 'lost', modules: 3, from: null }) as const;
export const suspensionDue = (order = 'order-s') => ({ do: 'MarkSuspensionOverdue', cardKey, order }) as const;
export const retire = { do: 'RetireCard', order: 'order-end', reason: 'broken' } as const;
export const use = (number: number, head = `head-${number}`) =>
  ({ do: 'RecordUse', use: { number, head, order: 'order-p', serial: `ATM-${number}` } }) as const;

export const issued: ChipCardEvent = { type: 'CardIssued', data: issue };
export const certified: ChipCardEvent = { type: 'SigningKeyCertified', data: certifiedKey };
export const activated: ChipCardEvent = { type: 'CardActivated', data: { approverSet: 'set-1', cardKey } };
export const used = (number: number, head = `head-${number}`): CardUsed => ({
  type: 'CardUsed',
  data: use(number, head).use,
});
export const read = (number: number, head = `head-${number}`): CardLogRead => ({
  type: 'CardLogRead',
  data: { number, head, nonce: `nonce-${number}-${head}`, signature: `signature-${number}-${head}`, entries: [] },
});
export const divergence = (number: number, kind: DivergenceKind, head = `head-${number}`): Divergence => ({
  number,
  kind,
  head,
  serial: `ATM-${number}`,
  order: 'order-p',
  fingerprint: null,
  tbs: `tbs-${number}`,
});
export const diverged = (...of: Parameters<typeof divergence>): CardLogDiverged => ({
  type: 'CardLogDiverged',
  data: divergence(...of),
});
export const recordDivergences = (...divergences: readonly Divergence[]) =>
  ({ do: 'RecordDivergences', divergences, healed: [] }) as const;
export const suspended: ChipCardEvent = {
  type: 'SigningKeySuspended',
  data: { cardKey, order: 'order-s', reason: 'lost' },
};
export const reviewed: ChipCardEvent = { type: 'SuspensionReviewed', data: { cardKey, by: 'order-t' } };
export const compromised: ChipCardEvent = {
  type: 'SigningKeyCompromised',
  data: { cardKey, order: 'order-c', reason: 'stolen' },
};
export const disabled: ChipCardEvent = {
  type: 'SigningKeyDeactivated',
  data: { cardKey, order: 'order-d', reason: 'lost', modules: 3, from: null },
};
export const suspensionOverdue: ChipCardEvent = { type: 'SuspensionOverdue', data: { cardKey, order: 'order-s' } };
export const retired: ChipCardEvent = { type: 'CardRetired', data: { order: 'order-end', reason: 'broken' } };

export const active = [issued, certified, activated] as const;
