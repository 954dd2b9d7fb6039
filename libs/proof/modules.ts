/** A module and its keys: an identity from the manufacturer, a key that it attested, and its own word for what it installed. */
import type { Identity } from '#libs/certificates/authority.ts';
import { asNew, identityUnder } from '#libs/certificates/manufacturer-roots.ts';
import type { ModuleKey } from '#libs/domain/personalization/personalization.ts';
import type { Initialization, Operation } from '#libs/domain/security-module/security-module.ts';
import { personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Law, judge } from '#libs/kernel/law.ts';
import type { PersonalizeOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type Attestation, decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { encodeInstalled } from '#libs/personalization-protocol/installed-statement.ts';
import { type Known, nameIn, runOf } from './known.ts';
import { octetsOf, signatureHolds } from './signatures.ts';

/** ModuleInitialized: the identity certificate stands under the root of an accepted manufacturer, for this serial and class. */
export function moduleInitialized(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Initialization;
  const shown = { leaf: octetsOf(said.identityCertificate), identityCa: octetsOf(said.identityCa) };
  const under = asNew(identityUnder(known.manufacturers.values(), shown));
  if (isRefusal(under)) return under;
  const { found: identity } = under;
  const { serial, moduleClass } = identity;
  if (serial !== said.serial || moduleClass !== said.moduleClass || serial !== nameIn(event.stream, 'security-module-'))
    return refuse('IDENTITY_OTHER_MODULE', 'The identity certificate is that of another module.');
  known.modules.set(serial, identity);
  return null;
}

/** ModuleIdentified: by the identity certificate that is on record for this serial. */
export function moduleIdentified(known: Known, event: StoredEvent): Refusal | null {
  const { identity } = event.data as { readonly identity: string };
  const recorded = known.modules.get(runOf(event.stream).serial);
  return recorded !== undefined && hashId(recorded.der) === identity
    ? null
    : refuse('IDENTITY_OTHER', 'The module showed another identity certificate than the one on record for its serial.');
}

export interface ModuleKeyCase {
  readonly said: ModuleKey;
  readonly attested: Attestation;
  readonly bytes: Uint8Array;
  readonly identity: Identity | null;
  readonly run: ReturnType<typeof runOf>;
  readonly ordered: PersonalizeOrder;
}

export const moduleKeyLaw: Law<ModuleKeyCase> = [
  {
    code: 'ATTESTATION_SIGNATURE',
    says: 'The attestation is not signed by the identity key of this module.',
    holds: ({ said, bytes, identity }) =>
      identity !== null &&
      signatureHolds({ over: bytes, signature: octetsOf(said.attestationSignature), spki: identity.spki }),
  },
  {
    code: 'ATTESTATION_OTHER_MODULE',
    says: 'The attestation is about another module.',
    holds: ({ attested, run, ordered }) =>
      attested.serial === run.serial && attested.moduleClass === ordered.moduleClass,
  },
  {
    code: 'ATTESTATION_OTHER_ORDER',
    says: 'The attestation was made for another order, card or deployment.',
    holds: ({ attested, run, ordered }) =>
      toBase64url(attested.orderHash) === run.order &&
      toBase64url(attested.cardKey) === ordered.cardKey &&
      toBase64url(attested.genesis) === ordered.genesis,
  },
  {
    code: 'ATTESTATION_OTHER_KEY',
    says: 'The attestation is about another key than the record.',
    holds: ({ said, attested }) =>
      toBase64url(attested.spki) === said.spki &&
      toBase64url(attested.salt) === said.salt &&
      attested.epoch === said.epoch,
  },
  {
    code: 'ATTESTATION_OTHER_BIRTH',
    says: 'The record tells another birth of the key than the attestation.',
    holds: ({ said, attested }) => (said.birth === 'manufacture') === (attested.keyBirth === 'manufacture'),
  },
];

/** ModuleKeyReceived, accepted. */
export function moduleKeyReceived(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as ModuleKey;
  const run = runOf(event.stream);
  const ordered = known.orders.get(run.order)?.it.order;
  if (ordered?.kind !== 'personalize')
    return refuse('ORDER_UNKNOWN', 'No order to personalize stands behind this run.');
  const bytes = octetsOf(said.attestation);
  const attested = decodeAttestation(bytes);
  if (isRefusal(attested)) return attested;
  const refusal = judge(moduleKeyLaw, {
    said,
    attested,
    bytes,
    identity: known.modules.get(run.serial) ?? null,
    run,
    ordered,
  });
  if (refusal !== null) return refusal;
  known.moduleKeys.set(event.stream, { spki: attested.spki, epoch: attested.epoch });
  return null;
}

interface Installed {
  readonly fingerprint: string;
  readonly statement: string;
  readonly signature: string;
}

/** CertificateInstalled: the module key signed that this module holds exactly this certificate. */
export function certificateInstalled(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Installed;
  const refusal = judgeInstalled(known, event.stream, said);
  if (refusal !== null) return refusal;
  const before = known.installed.get(event.stream) ?? [];
  known.installed.set(event.stream, [...before, { fingerprint: said.fingerprint, position: event.position }]);
  return null;
}

/** Contested, yet signed by the module: it says that the module holds another certificate than the one issued to it. */
export function installedContested(known: Known, event: StoredEvent): null {
  certificateInstalled(known, event);
  return null;
}

/** ModuleEnteredOperation: the same word again, in the stream of the module, and about an issued certificate. */
export function moduleEnteredOperation(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as Operation;
  const stream = personalizationStream(said.order, nameIn(event.stream, 'security-module-'));
  const certificate = known.certificates.get(said.fingerprint);
  if (certificate?.event.stream !== stream || !certificate.accepted || certificate.moduleKey.epoch !== said.epoch)
    return refuse(
      'OPERATION_OTHER_CERTIFICATE',
      'No such certificate was issued to this module under this order and epoch.',
    );
  return judgeInstalled(known, stream, said);
}

function judgeInstalled(known: Known, stream: string, said: Installed): Refusal | null {
  const { order, serial } = runOf(stream);
  const key = known.moduleKeys.get(stream);
  if (key === undefined)
    return refuse('MODULE_KEY_UNKNOWN', 'No attested key of this module stands before its statement.');
  const over = encodeInstalled({
    serial,
    epoch: key.epoch,
    orderHash: octetsOf(order),
    certificateHash: octetsOf(said.fingerprint),
  });
  if (!equal(octetsOf(said.statement), over))
    return refuse('INSTALLED_OTHER', 'The statement is about another module, order or certificate.');
  return signatureHolds({ over, signature: octetsOf(said.signature), spki: key.spki })
    ? null
    : refuse('INSTALLED_SIGNATURE', 'The module key did not sign this statement.');
}
