/** Events that no story tells, in the shape of version 1: what their goldens are written from, once. */
const HASH = 'A'.repeat(43);
const SIGNATURE = 'A'.repeat(86);
const JWK = { crv: 'P-256', kty: 'EC', x: HASH, y: HASH };
const WHY = { order: HASH, reason: 'lost' };
const PROOF = { protected: 'eyJhbGciOiJFUzI1NiJ9', signature: SIGNATURE };
const ALARM = { head: HASH, kind: 'cloned-card', number: 7 };
const RETIRED = { order: HASH, reason: 'broken' };
const ISSUER = 'https://login.example';
const STREAMS = {
  order: `order-${HASH}`,
  operator: 'operator-P-DANA',
  card: 'card-C-0042',
  module: 'security-module-ATM-000013',
  run: `personalization-${HASH}-ATM-000013`,
};

const OPERATORS: readonly (readonly [type: string, data: unknown])[] = [
  ['OperatorEnrolled', { operator: 'P-DANA', roles: ['auditor'], credential: JWK, order: HASH }],
  ['CredentialAdded', { credential: JWK, order: HASH }],
  ['ProviderLinked', { issuer: ISSUER, link: HASH, order: HASH }],
  ['CredentialWithdrawn', { credential: HASH, ...WHY }],
  ['RoleGranted', { roles: ['auditor'], order: HASH }],
  ['RoleWithdrawn', { roles: ['auditor'], ...WHY }],
  ['OperatorSuspended', WHY],
  ['OperatorWithdrawn', WHY],
  ['OperatorErased', { by: 'P-ANNA' }],
];

const CARDS: readonly (readonly [type: string, data: unknown])[] = [
  [
    'FieldLeaseGiven',
    { after: 1, approverSet: HASH, challenge: HASH, entries: 2, signature: SIGNATURE, time: 1_767_225_600, withdrawn: [] },
  ],
  [
    'CardLogDiverged',
    { fingerprint: null, head: HASH, kind: 'cloned-card', number: 7, order: null, serial: null, tbs: null },
  ],
  ['CardLogHealed', { head: HASH, number: 7 }],
  ['DivergenceOverdue', ALARM],
  ['DivergenceReviewed', { ...ALARM, reason: 'explained', order: HASH }],
  ['CardRetired', RETIRED],
  ['SigningKeyDeactivated', { cardKey: HASH, order: HASH, reason: 'replaced', modules: 3, from: null }],
  ['SuspensionReviewed', { cardKey: HASH, by: HASH }],
  ['SuspensionOverdue', { cardKey: HASH, order: HASH }],
];

export const EXAMPLES: readonly (readonly [stream: string, type: string, data: unknown])[] = [
  [
    'refusal-00000000-0000-8000-8000-000000000001',
    'OperationRefused',
    { code: 'MODULE_OPERATING', message: 'The module is in operation.', operation: 'takeOrder', stream: STREAMS.order },
  ],
  ['log', 'CheckpointKeyIntroduced', { logKey: 'keyledger.example/log+00000000+AAAA' }],
  ['log', 'WitnessAdmitted', { witness: 'witness.example/two+00000000+BAAA', instead: 'witness.example/one', order: HASH }],
  [
    'approver-set',
    'ApproverSetAdopted',
    { version: 2, hash: HASH, previous: HASH, document: '{"version":2}', order: HASH },
  ],
  ...OPERATORS.map((one) => [STREAMS.operator, ...one] as const),
  ...CARDS.map((one) => [STREAMS.card, ...one] as const),
  ['sign-in-00000000-0000-8000-8000-000000000001', 'SignedOut', { by: 'P-DANA' }],
  [
    'manufacturer-ACME',
    'ManufacturerKeyRegistered',
    { manufacturer: 'ACME', root: HASH, certificate: 'MIIB', order: HASH },
  ],
  ['manufacturer-ACME', 'ManufacturerKeyWithdrawn', { root: HASH, order: HASH, reason: 'lost' }],
  [STREAMS.order, 'OrderDeclined', { person: 'P-ANNA', proof: PROOF }],
  [STREAMS.order, 'OrderWithdrawn', { person: 'P-CLARA', proof: PROOF }],
  [STREAMS.order, 'OrderExpired', { at: 1_767_225_600 }],
  [STREAMS.order, 'OrderOverdue', { serial: 'ATM-000013' }],
  ['unit-U-7', 'UnitWithdrawn', {}],
  ['station-ST-POZNAN', 'StationKeyRetired', { stationKey: HASH }],
  [STREAMS.module, 'ModulePlaced', { site: 'A1' }],
  [STREAMS.module, 'PersonalizationReleased', { order: HASH }],
  [
    STREAMS.module,
    'ModuleReset',
    { epoch: 1, order: HASH, transferredTo: null, statement: 'AAAA', signature: SIGNATURE },
  ],
  [STREAMS.module, 'ModuleMoved', { from: 'poznan/8', to: 'poznan/9' }],
  [STREAMS.module, 'ModuleRetired', RETIRED],
  [STREAMS.run, 'PersonalizationFailed', { code: 'LINE_LOST', message: 'The line broke off.' }],
  [STREAMS.run, 'PersonalizationOverdue', { at: '2026-01-31T12:00:00.000Z' }],
  [
    STREAMS.run,
    'ReportContested',
    { fact: 'ModuleIdentified', code: 'IDENTITY_SIGNATURE', message: 'It is not his signature.' },
  ],
  [`certificate-${HASH}`, 'CertificateRevoked', { reason: 'reset', order: HASH }],
  ['session-1', 'TransactionRefused', { counter: 1, code: 'AMOUNT_TOO_GREAT' }],
];
