/** Acts: each carries out one order, which is spent by it. */
export const ACTS = [
  'UnitEnrolled',
  'StationRegistered',
  'CardIssued',
  'SigningKeySuspended',
  'SigningKeyCompromised',
  'ApproverSetAdopted',
  'OperatorEnrolled',
  'CredentialAdded',
  'CredentialWithdrawn',
  'RoleGranted',
  'RoleWithdrawn',
  'OperatorSuspended',
  'OperatorWithdrawn',
  'CardRetired',
  'ModuleReset',
  'ModuleRetired',
] as const;
