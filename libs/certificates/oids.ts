/** Every object identifier used here. Our own stand under one UUID arc (ITU-T X.667). */
const OWN = '2.25.278736898659446687987269743203561884141';

export const OID = {
  ecPublicKey: '1.2.840.10045.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  /** RFC 4108. */
  hardwareModuleName: '1.3.6.1.5.5.7.8.4',
  /** Extension of a module certificate: the order it was issued under. */
  orderEvidence: `${OWN}.1.1`,
  /** Extension of a card CA: the deployment it belongs to. */
  genesis: `${OWN}.1.2`,
  policyModuleIdentity: `${OWN}.2.1`,
  policyCustomerSigning: `${OWN}.2.2`,
  policyEnforcementDevice: `${OWN}.2.3`,
  policyEnforcementHost: `${OWN}.2.4`,
  /** Arc of hardware types; a module class is a leaf under it. */
  hardwareTypes: `${OWN}.3`,
} as const;

export type Enforcement = 'device' | 'host';

export const ENFORCEMENT_POLICY: Readonly<Record<Enforcement, string>> = {
  device: OID.policyEnforcementDevice,
  host: OID.policyEnforcementHost,
};
