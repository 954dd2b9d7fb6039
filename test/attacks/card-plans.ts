/** Plans against the chip card: what each attacker changes of an honest visit, and which check is to stop him. */
import { type Issuer, issueIdentity } from '#libs/certificates/authority.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { OID } from '#libs/certificates/oids.ts';
import { assemble, extensions, parseCertificate, tbsOf } from '#libs/certificates/x509.ts';
import type { SignRequest } from '#libs/chip-card-protocol/client.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { officer, rule, setOf, signs } from '#libs/kernel/officers.fixture.ts';
import { decodeAttestation, encodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { serialProofs, serialTree } from '#libs/serial-tree/serial-tree.ts';
import { serialsFrom } from '#test/kit/orders.ts';
import { PINNED, asserts } from '#module-emulator/adversary/authenticator.ts';
import type { CardMemory } from '#module-emulator/chip-card/memory.ts';
import { issuerOf } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import type { Visit } from './card-visit.ts';
import { passkeyPlans } from './passkey-plans.ts';
import {
  type CardWorld,
  DAY,
  Maker,
  NOW,
  type WorldModule,
  newKey,
  octetsOf,
  officers,
  orThrow,
  spkiOfPrivate,
} from './card-world.ts';

/** A real one, in a real browser, is `test/browser/hostile-dashboard.spec.ts`: both officers read one order and sign the other. */
export const HOSTILE_DASHBOARD = 'hostile dashboard that shows two officers another order';

interface Named {
  readonly law: string;
  readonly check: string;
  readonly attacker: string;
}

export interface Plan extends Named {
  readonly visit: (world: CardWorld, active: CardMemory) => Visit;
  /** An honest visit that came before. */
  readonly before?: (world: CardWorld, active: CardMemory) => Visit;
  /** In what state he finds the card. */
  readonly memory?: Partial<CardMemory>;
}

const { ada, ben, cem, dot, fay } = officers;
const [eve, mallory] = [officer('eve'), officer('mallory')];
const by =
  (...who: readonly (typeof ada)[]) =>
  (bytes: Uint8Array): readonly Proof[] =>
    who.map((one) => signs(one, bytes));

const on =
  (law: string) =>
  (check: string, attacker: string, visit: Plan['visit'], more: Pick<Plan, 'before' | 'memory'> = {}): Plan => ({
    ...{ law, check, attacker, visit },
    ...more,
  });

/** A set that was in force before, or will be: the same people and rules. */
const setOfVersion = (world: CardWorld, version: number): string =>
  approverSetHash(approverSetBytes({ ...world.set, version }));

const access = on('access');
const accessPlans: readonly Plan[] = [
  access('PIN_NEEDED', 'thief of a card, with an order that names it', () => ({ withoutPin: true })),
  access('CARD_NOT_ACTIVE', 'courier of a card that was issued and not activated', () => ({}), {
    memory: { life: 'issued' },
  }),
  access('CARD_BLOCKED', 'finder of a card that its custodians blocked', () => ({}), {
    memory: { life: 'blocked' },
  }),
];

const order = on('order');
const orderPlans: readonly Plan[] = [
  order('ORDER_OTHER_DEPLOYMENT', 'a test deployment of the same bank, with the same officers', () => ({
    order: { genesis: toBase64url(randomOctets(32)) },
  })),
  order('ORDER_OTHER_APPROVER_SET', 'keeper of an order approved under an earlier approver set', (world) => ({
    order: { approverSet: setOfVersion(world, 6) },
  })),
  order('NO_POLICY', 'owner of server and unit, for a site that no rule names', () => ({
    order: { site: 'nowhere' },
    approvals: by(),
  })),
];

const approval = on('approval');
const quorum = on('quorum');
const fourEyesPlans: readonly Plan[] = [
  approval('APPROVAL_KEY_UNKNOWN', 'rogue approvers with keys of their own', () => ({
    order: { site: 'branch' },
    approvals: by(eve, mallory),
  })),
  approval('APPROVAL_NOT_APPROVER', 'one officer with somebody who may only ask', () => ({ approvals: by(ada, dot) })),
  approval('APPROVAL_SIGNATURE', 'owner of the database, with approvals of another order', (world, active) => {
    const earlier = world.personalizeOrder(active, { serials: ['SM-000001'] });
    return { approvals: () => world.approvals(earlier) };
  }),
  quorum('QUORUM_PERSONS', 'one person with all his credentials', () => ({
    order: { site: 'branch' },
    approvals: (bytes) => [signs(ada, bytes), signs(ada, bytes, { keyAt: 1 })],
  })),
  quorum('QUORUM_CLASS_A', 'one officer with the server, which has a second one’s passkey sign', () => ({
    approvals: (bytes) => [signs(ada, bytes), signs(cem, bytes, { keyAt: 1 })],
  })),
  quorum('QUORUM_CLASS_A', HOSTILE_DASHBOARD, () => ({
    approvals: (bytes) => [signs(cem, bytes, { keyAt: 1 }), signs(fay, bytes)],
  })),
];

/** Ada signs in earnest; whoever has Fay's passkey in his hands, or her browser, changes what it asserts. */
const assertionPlans = passkeyPlans.map(({ check, attacker, change }) =>
  on('passkey')(check, attacker, () => ({
    order: { site: 'branch' },
    approvals: (bytes) => [
      signs(ada, bytes),
      asserts(fay.keys[0]!.privateKey, { bytes, pinned: PINNED }, change(bytes)),
    ],
  })),
);

const lease = on('lease');
const leasePlans: readonly Plan[] = [
  on('present')('ORDER_OTHER_CARD', 'technician with an order for a colleague’s card', () => ({
    order: { cardKey: toBase64url(randomOctets(32)) },
  })),
  lease('LEASE_SIGNATURE', 'owner of server and unit who makes leases', () => ({ leaseKey: newKey() })),
  lease('LEASE_OTHER_CARD', 'thief of a card, who asks for a lease in the name of another', () => ({
    lease: { card: 'CC-02' },
  })),
  lease('LEASE_OTHER_CHALLENGE', 'unit that saved up an old lease', () => ({ lease: { challenge: randomOctets(32) } })),
  lease('LEASE_OTHER_APPROVER_SET', 'dismissed officers with a card that was not told', (world) => ({
    lease: { approverSet: octetsOf(setOfVersion(world, 8)) },
  })),
  lease('LEASE_FOR_FIELD', 'clerk at headquarters who gives a lease for a hundred', () => ({
    lease: { entries: 100 },
  })),
  lease('LEASE_TIME_BACK', 'thief of the lease key who turns time back', () => ({}), {
    memory: { timeSeen: NOW + 10 * DAY },
  }),
];

/** An identity certificate for the order's module, whoever issues it. */
function identityBy(world: CardWorld, issuer: Issuer): WorldModule {
  const { serial: moduleSerial, moduleClass } = world.module;
  const identityKey = newKey();
  const certified = { organization: 'Module Works', moduleSerial, moduleClass, notBefore: NOW, issuer };
  const identity = issueIdentity({ ...certified, spki: spkiOfPrivate(identityKey) });
  return { ...world.module, identityKey, identity };
}

/** The order's module with an identity certificate that could certify, signed by the module identity CA. */
function subordinate(world: CardWorld): WorldModule {
  const genuine = orThrow(parseCertificate(world.module.identity));
  const authority = extensions.authority(0);
  const altered = genuine.extensions.map((one) => (one.oid === OID.basicConstraints ? authority : one));
  const tbs = tbsOf({ ...genuine, extensions: altered });
  return { ...world.module, identity: assemble(tbs, issuerOf(world.maker.safe.read().identityCa).sign(tbs)) };
}

const identity = on('identity');
const identityPlans: readonly Plan[] = [
  identity('IDENTITY_CA_UNKNOWN', 'another manufacturer with a module of the same serial', (world) => ({
    module: new Maker().module(world.module.serial),
  })),
  identity(
    'IDENTITY_CA_UNKNOWN + IDENTITY_CA_POLICY',
    'thief of the customer signing CA’s key, posing as identity CA',
    (world) => {
      const { safe, works } = world.maker;
      return { module: { ...identityBy(world, issuerOf(safe.read().customerCa)), identityCa: works.customerCa } };
    },
  ),
  identity('IDENTITY_SIGNATURE', 'maker of an identity certificate in the manufacturer’s name', (world) => {
    const forger = newKey();
    const sign = (tbs: Uint8Array): Uint8Array => signRaw(tbs, forger);
    return { module: identityBy(world, { ...issuerOf(world.maker.safe.read().identityCa), sign }) };
  }),
  identity('IDENTITY_IS_AUTHORITY', 'authority below the module identity CA that poses as a module', (world) => ({
    module: subordinate(world),
  })),
];

/** The genuine attestation with another module key in it, and the signature as it was. */
function keySwapped(genuine: SignRequest): SignRequest {
  const spki = spkiOfPrivate(newKey());
  return { ...genuine, attestation: encodeAttestation({ ...orThrow(decodeAttestation(genuine.attestation)), spki }) };
}

const OUTSIDER = 'SM-000099';

/** One more module, on an order for the first eighty. */
function amongMany(world: CardWorld, proof: (list: readonly string[]) => Uint8Array | null): Visit {
  const list = serialsFrom(1, 80);
  return {
    module: world.maker.module(OUTSIDER),
    order: { serials: orThrow(serialTree(list)) },
    request: (genuine) => ({ ...genuine, inclusion: proof(list) ?? new Uint8Array() }),
  };
}

const use = on('use');
const sign = on('sign');
const usePlans: readonly Plan[] = [
  use('LEASE_ENTRIES', 'unit that signs on under a lease that is used up', () => ({ lease: { entries: 0 } })),
  use('LEASE_WITHDRAWS_ORDER', 'unit that uses an order after it was withdrawn', (world, active) => ({
    lease: { withdrawn: [randomOctets(32), sha256(world.personalizeOrder(active))] },
  })),
  use('ORDER_TOO_EARLY', 'technician who comes before his day', () => ({ order: { notBefore: NOW + 1 } })),
  use('ORDER_EXPIRED', 'unit that kept an order until nobody expected it', () => ({ order: { notAfter: NOW - 1 } })),
  sign('SERIAL_NOT_IN_ORDER', 'unit that has one more module personalized', (world) => ({
    module: world.maker.module('SM-000099'),
  })),
  sign('SERIAL_NOT_IN_ORDER', 'unit that shows another module’s place in the list of the order', (world) =>
    amongMany(world, (list) => serialProofs(orThrow(serialTree(list)), list)(world.module.serial)),
  ),
  sign('SERIAL_NOT_IN_ORDER', 'owner of server and unit with a list of his own', (world) =>
    amongMany(world, (list) => {
      const own = [...list, OUTSIDER];
      return serialProofs(orThrow(serialTree(own)), own)(OUTSIDER);
    }),
  ),
  sign('SERIAL_NOT_IN_ORDER', 'unit that shows no place in the list at all', (world) => amongMany(world, () => null)),
  sign('SERIAL_SPENT', 'unit that swaps the module’s key after the first certificate', () => ({}), {
    before: () => ({}),
  }),
  sign('LOG_FULL', 'unit that runs the log over, so that entries get lost', () => ({}), { memory: { capacity: 0 } }),
];

const attestationPlans: readonly Plan[] = [
  sign('ATTESTATION_SIGNATURE', 'unit that swaps the module’s key', () => ({ request: keySwapped })),
  sign('ATTESTATION_OTHER_MODULE', 'relay between two modules, one with a stolen identity key', (world) => ({
    module: { ...world.maker.module('SM-000014'), serial: world.module.serial },
  })),
  sign('ATTESTATION_OTHER_CLASS', 'cheaper module with the serial of a better one', (world) => ({
    module: world.maker.module(world.module.serial, 'SM-B1'),
  })),
  sign('ATTESTATION_OTHER_DEPLOYMENT', 'relay from a test deployment of the same bank', () => ({
    attestation: { genesis: randomOctets(32) },
  })),
  sign('ATTESTATION_OTHER_ORDER', 'unit that orders on one card for two modules', () => ({
    attestation: { orderHash: randomOctets(32) },
  })),
  sign('ATTESTATION_OTHER_CARD', 'relay between two cards', () => ({ attestation: { cardKey: randomOctets(32) } })),
  sign('ATTESTATION_OTHER_CHALLENGE', 'unit that kept an attestation of a key since erased', () => ({
    attestation: { challenge: randomOctets(32) },
  })),
];

/** Whoever wants a certificate. */
export const signingPlans: readonly Plan[] = [
  ...accessPlans,
  ...orderPlans,
  ...fourEyesPlans,
  ...assertionPlans,
  ...leasePlans,
  ...identityPlans,
  ...usePlans,
  ...attestationPlans,
];

export interface ActivationPlan extends Named {
  readonly approvals: (bytes: Uint8Array) => readonly Proof[];
}

/** Whoever wants a card of his own that signs. */
export const activationPlans: readonly ActivationPlan[] = [
  {
    law: 'approval',
    check: 'CUSTODIAN_APPROVES',
    attacker: 'custodian who approves the card that he keeps',
    approvals: by(ben, cem),
  },
];

export interface ApprovalPlan extends Named {
  readonly shows: (
    world: CardWorld,
    active: CardMemory,
  ) => { bytes: Uint8Array; setBytes: Uint8Array; approvals: readonly Proof[] };
}

/** Whoever wants a party that is shown the approver set to believe in an approved order. */
export const approvalPlans: readonly ApprovalPlan[] = [
  {
    law: 'order',
    check: 'APPROVER_SET_ALTERED',
    attacker: 'rogue approver set shown by the owner of the server',
    shows: (world, active) => {
      const bytes = world.personalizeOrder(active);
      const setBytes = approverSetBytes(setOf([eve, mallory], [rule('personalize')], { version: 7 }));
      return { bytes, setBytes, approvals: by(eve, mallory)(bytes) };
    },
  },
  {
    law: 'order',
    check: 'ENFORCEMENT_FORBIDDEN',
    attacker: 'two officers who would rather have a token that signs for whoever has its PIN',
    shows: (world, active) => {
      const bytes = world.issueOrder(active, { enforcement: 'host' });
      return { bytes, setBytes: world.setBytes, approvals: by(ada, ben)(bytes) };
    },
  },
];
