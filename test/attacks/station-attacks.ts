/** Every attack on the station's law: one row for each check, and who gets through where it is missing. */
import { type ApprovalLaws } from '#libs/approval/approval.ts';
import { type StationLaws, stationLaws } from '#apps/station/src/trust.ts';
import { concat, toBase64url } from '#libs/kernel/bytes.ts';
import { type Check, without } from '#libs/kernel/law.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { openingOf } from '#libs/operation-protocol/account.ts';
import { DAY, NOW } from '#module-emulator/adversary/bank.ts';
import { newKey, spkiOfPrivate } from '#module-emulator/adversary/people.ts';
import { type Calling, call } from '#module-emulator/adversary/rogue-module.ts';
import type { Attack } from './attack.ts';
import {
  type StationRow,
  type Strategy,
  birthAttacks,
  codeOf,
  entryAttacks,
  fourEyesAttacks,
  passkeyAttacks,
  listAttacks,
} from './station-list-attacks.ts';
import { momentAttacks } from './station-moment-attacks.ts';
import { setAttacks } from './station-set-attacks.ts';
import { witnessAttacks } from './station-witness-attacks.ts';
import { type CertificateChange, type StationAt, StationWorld } from './station-world.ts';

/** He wants the station to pay somebody who shows this certificate. */
function showing(check: string, attacker: string, certificate: (world: StationWorld) => CertificateChange): StationRow {
  const strategy: Strategy = async (world, laws) =>
    codeOf(await call(await world.station(laws), world.caller(certificate(world))));
  return { check, attacker, strategy };
}

/** s replaced by n - s. */
function flipped(signature: Uint8Array): Uint8Array {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = n - BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`);
  return concat(signature.slice(0, 32), Uint8Array.from(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')));
}

/** First something happens at the station; then the honest module's certificate is shown once more. */
function afterwards(
  check: string,
  attacker: string,
  happens: (world: StationWorld, station: StationAt) => Promise<unknown>,
): StationRow {
  const strategy: Strategy = async (world, laws) => {
    const station = await world.station(laws);
    await happens(world, station);
    return codeOf(await call(station, world.caller()));
  };
  return { check, attacker, strategy };
}

const certificateAttacks: readonly StationRow[] = [
  showing('SIGNING_KEY_UNKNOWN', "another customer's card CA", () => ({
    signer: newKey(),
    issuerKeyId: randomOctets(20),
  })),
  afterwards('SIGNING_KEY_DISABLED', 'thief of a card that was suspended', async (world, station) =>
    station.takeList(await world.list([{ ...world.entry, state: 'suspended' }], { version: 3 })),
  ),
  afterwards('SIGNING_KEY_DISABLED', 'thief of a card that was disabled strictly', async (world, station) =>
    station.takeList(await world.list([{ ...world.entry, state: 'deactivated' }], { version: 3 })),
  ),
  afterwards('TRUST_LIST_RAN_OUT', 'withheld time: owner of the network who cuts a station off', (_world, station) => {
    station.now = NOW + DAY;
    return Promise.resolve();
  }),
  showing('CERTIFICATE_SIGNATURE', 'forger of a certificate that names a trusted card', () => ({ signer: newKey() })),
  showing('CERTIFICATE_HIGH_S', 'maker of a second valid signature', () => ({ resign: flipped })),
  showing('CERTIFICATE_WINDOW', 'finder of a module whose certificate ended', () => ({ notAfter: NOW - 1 })),
  showing('CERTIFICATE_OTHER_STATION', 'module of another station', ({ card }) => ({
    stationKeyHash: card.birth.birth.slice(0, 32),
  })),
  showing('CERTIFICATE_ENFORCEMENT', 'token behind the name of a card', () => ({ enforcement: 'host' })),
  afterwards('EPOCH_LOWER', 'keeper of the key from before a reset', (world, station) =>
    call(station, world.caller({ epoch: 2 })),
  ),
  afterwards('EPOCH_TWICE', 'restored image of a module: two keys of one epoch', async (world, station) => {
    const key = newKey();
    const other = { ...world.caller({ spki: spkiOfPrivate(key) }), key };
    return call(station, other);
  }),
];

/** He holds a genuine module's certificate and key, and says something else than the module would. */
function saying(check: string, attacker: string, calling: (world: StationWorld) => Calling): StationRow {
  const strategy: Strategy = async (world, laws) =>
    codeOf(await call(await world.station(laws), world.caller(), calling(world)));
  return { check, attacker, strategy };
}

const helloAttacks: readonly StationRow[] = [
  saying('HELLO_OTHER_SERIAL', 'module that passes itself off as another', () => ({ hello: { serial: 'SM-000014' } })),
  saying('HELLO_OTHER_EPOCH', 'restored image of a module, which has forgotten a key', () => ({ hello: { epoch: 7 } })),
];

const other = () => toBase64url(randomOctets(32));

const messageAttacks: readonly StationRow[] = [
  saying('MESSAGE_SIGNATURE', 'rogue station that alters a message as it passes it on', () => ({
    instead: ({ message, ...rest }) => ({ ...rest, message: { ...message, amount: 1 } }),
  })),
  saying('MESSAGE_OTHER_SESSION', 'rogue station passing on messages of another session', () => ({
    asked: { exporter: other() },
  })),
  saying('MESSAGE_DIRECTION', 'rogue station passing messages back', () => ({
    asked: { direction: 'station-to-module' },
  })),
  saying('MESSAGE_COUNTER', 'rogue station repeating and skipping messages', () => ({ asked: { counter: 40 } })),
  saying('MESSAGE_OTHER_MODULE', 'rogue station passing on messages of another module', () => ({
    asked: { module: other() },
  })),
  saying('MESSAGE_OTHER_STATION', 'rogue station passing on messages meant for itself', () => ({
    asked: { station: other() },
  })),
];

const withdrawalAttacks: readonly StationRow[] = [
  saying('ACCOUNT_OPENING', 'ATM host that books on another account', () => ({
    opening: openingOf('DE99120300000000202099'),
  })),
  saying('AMOUNT_BOUNDS', 'thief of a module who empties the machine at once', () => ({
    asked: { amount: 5_000_000 },
  })),
  saying('CURRENCY_NOT_SERVED', 'thief of a module who asks in a currency of his choice', () => ({
    asked: { currency: 'USD' },
  })),
  saying('TRANSACTION_TWICE', 'ATM host that has one withdrawal paid twice', () => ({ times: 2 })),
];

/** The rows with the code that refuses, for whoever wants to know more than whether. */
export const stationRows: readonly StationRow[] = [
  ...listAttacks,
  ...fourEyesAttacks,
  ...passkeyAttacks,
  ...setAttacks,
  ...witnessAttacks,
  ...birthAttacks,
  ...entryAttacks,
  ...momentAttacks,
  ...certificateAttacks,
  ...helloAttacks,
  ...messageAttacks,
  ...withdrawalAttacks,
];

let world: Promise<StationWorld> | null = null;

/** Code by which the attacker is refused, null when he gets through. All rows share one bank. */
export async function refusedBy({ strategy }: StationRow, laws: StationLaws): Promise<string | null> {
  world ??= StationWorld.made();
  return strategy(await world, laws);
}

/** The table check × attacker of the station. */
export const stationAttacks: readonly Attack<StationLaws>[] = stationRows.map(({ strategy: _, ...row }, at) => ({
  ...row,
  attempt: async (laws) => (await refusedBy(stationRows[at]!, laws)) === null,
}));

/** The station's laws without the named checks, wherever they stand. */
export function stationLawsWithout(codes: readonly string[]): StationLaws {
  const { order, approval, quorum, passkey } = stationLaws.fourEyes;
  const fourEyes: ApprovalLaws = {
    order: without(order, codes),
    approval: without(approval, codes),
    quorum: without(quorum, codes),
    passkey: without(passkey, codes),
  };
  return {
    list: without(stationLaws.list, codes),
    fourEyes,
    sets: without(stationLaws.sets, codes),
    witnesses: without(stationLaws.witnesses, codes),
    birth: without(stationLaws.birth, codes),
    entry: without(stationLaws.entry, codes),
    moment: without(stationLaws.moment, codes),
    survivor: without(stationLaws.survivor, codes),
    certificate: without(stationLaws.certificate, codes),
    hello: without(stationLaws.hello, codes),
    message: without(stationLaws.message, codes),
    withdrawal: without(stationLaws.withdrawal, codes),
  };
}

const codesOf = (laws: object): readonly string[] =>
  Object.values(laws as Readonly<Record<string, readonly Pick<Check<never>, 'code'>[]>>).flatMap((law) =>
    law.map(({ code }) => code),
  );

const { fourEyes: sharedLaws, ...ownLaws } = stationLaws;

/** Codes of every check in the station's laws. */
export const stationChecks: readonly string[] = [...codesOf(sharedLaws), ...codesOf(ownLaws)];
