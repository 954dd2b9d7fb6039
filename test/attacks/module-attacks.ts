/** Every attack on the security module's law: one row for each check, and who gets through where it is missing. */
import { toBase64url } from '#libs/kernel/bytes.ts';
import { type Check, without } from '#libs/kernel/law.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { Message } from '#libs/operation-protocol/messages.ts';
import { type ModuleLaws, moduleLaw } from '#module-emulator/security-module/law.ts';
import type { Attack } from './attack.ts';
import { type StationTricks, network, serveStation } from './hostile-station.ts';
import { ModuleBench, keyHashOf, newSigningKey } from './module-bench.ts';
import { resetAttacks } from './module-reset-attacks.ts';
import { cardChainAttacks, installAttacks } from './module-install-attacks.ts';

/** He gets through when a personalized module tells its ATM to pay. */
function paying(check: string, attacker: string, tricks: (bench: ModuleBench) => StationTricks): Attack<ModuleLaws> {
  const attempt = async (law: ModuleLaws): Promise<boolean> => {
    const bench = new ModuleBench({ law });
    bench.personalize();
    const net = network();
    const served = serveStation(bench, net.station, tricks(bench));
    const result = await bench.module.withdraw(net.module, {
      account: 'DE02120300000000202051',
      amount: 5000,
      currency: 'EUR',
    });
    net.cut();
    await served;
    return !isRefusal(result) && result.pay === 'yes';
  };
  return { check, attacker, attempt };
}

const saying = (change: Partial<Message>): StationTricks => ({
  beforeSigning: (message) => ({ ...message, ...change }) as Message,
});

/** Alters pay instructions alone. */
const instructing = (change: { transaction?: string; authorization?: string; amount?: number }): StationTricks => ({
  beforeSigning: (message) => (message.type === 'PayInstruction' ? { ...message, ...change } : message),
});

const commandAttacks: readonly Attack<ModuleLaws>[] = [
  {
    check: 'MODULE_NOT_INITIALIZED',
    attacker: 'thief of a module from the line of its maker',
    attempt: (law) => {
      const bench = new ModuleBench({ law, initialized: false });
      return Promise.resolve(!isRefusal(bench.execute(bench.makeKeyRequest())));
    },
  },
  {
    check: 'MODULE_OPERATING',
    attacker: 'unit that personalizes a module a second time',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      bench.personalize();
      return Promise.resolve(!isRefusal(bench.execute(bench.makeKeyRequest({ orderHash: randomOctets(32) }))));
    },
  },
  {
    check: 'MODULE_OTHER_DEPLOYMENT',
    attacker: 'a test deployment of the same bank, after a reset',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      bench.image.write({ ...bench.image.read(), genesis: toBase64url(randomOctets(32)) });
      return Promise.resolve(!isRefusal(bench.execute(bench.makeKeyRequest())));
    },
  },
  {
    check: 'PENDING_OTHER_ORDER',
    attacker: 'unit that destroys the key of a run in progress',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      bench.makeKey();
      const before = bench.image.read().pending?.privateKey;
      bench.execute(bench.makeKeyRequest({ orderHash: randomOctets(32) }));
      return Promise.resolve(bench.image.read().pending?.privateKey !== before);
    },
  },
];

const imageAttacks: readonly Attack<ModuleLaws>[] = [
  {
    check: 'IMAGE_OLD',
    attacker: 'restored image of a module, from before its personalization',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      const copy = bench.image.snapshot();
      bench.personalize();
      bench.image.restore(copy);
      return Promise.resolve(bench.image.powerOn(law.image) === null && bench.module.state === 'personalization');
    },
  },
  {
    check: 'IMAGE_AHEAD',
    attacker: 'restored counter, so that any older image is the latest one',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      const copy = bench.image.snapshot();
      bench.image.restore({ ...copy, generation: copy.generation + 7 });
      return Promise.resolve(bench.image.powerOn(law.image) === null);
    },
  },
];

const operationAttacks: readonly Attack<ModuleLaws>[] = [
  paying('STATION_UNKNOWN', 'false station that wants the ATM to pay', () => ({ key: newSigningKey() })),
  paying('MESSAGE_SIGNATURE', 'front end of the station without its signing key', () => ({
    pay: 'no',
    afterSigning: (message) => (message.type === 'PayInstruction' ? { ...message, pay: 'yes' } : message),
  })),
  paying('MESSAGE_OTHER_SESSION', 'rogue station passing on messages of another session', () =>
    saying({ exporter: toBase64url(randomOctets(32)) }),
  ),
  paying('MESSAGE_DIRECTION', 'rogue station passing messages back', () => saying({ direction: 'module-to-station' })),
  paying('MESSAGE_COUNTER', 'rogue station repeating and skipping messages', () => saying({ counter: 40 })),
  paying('MESSAGE_OTHER_MODULE', 'rogue station passing on messages for another module', () =>
    saying({ module: toBase64url(randomOctets(32)) }),
  ),
  paying('MESSAGE_OTHER_STATION', 'rogue station passing on messages of another station', () =>
    saying({ station: toBase64url(keyHashOf(newSigningKey())) }),
  ),
  paying('PAY_OTHER_TRANSACTION', 'rogue station with the instruction of another withdrawal', () =>
    instructing({ transaction: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  ),
  paying('PAY_OTHER_AUTHORIZATION', 'rogue station with an instruction for an authorization never given', () =>
    instructing({ authorization: toBase64url(randomOctets(32)) }),
  ),
  paying('PAY_OTHER_AMOUNT', 'rogue station that raises the sum', () => instructing({ amount: 500_000 })),
];

/** The table check × attacker of the security module. */
export const moduleAttacks: readonly Attack<ModuleLaws>[] = [
  ...imageAttacks,
  ...commandAttacks,
  ...cardChainAttacks,
  ...installAttacks,
  ...resetAttacks,
  ...operationAttacks,
];

/** The module's law without the named checks, wherever they stand. */
export function moduleLawWithout(codes: readonly string[]): ModuleLaws {
  return {
    image: without(moduleLaw.image, codes),
    command: without(moduleLaw.command, codes),
    makeKey: without(moduleLaw.makeKey, codes),
    cardChain: without(moduleLaw.cardChain, codes),
    install: without(moduleLaw.install, codes),
    reset: without(moduleLaw.reset, codes),
    station: without(moduleLaw.station, codes),
    message: without(moduleLaw.message, codes),
    pay: without(moduleLaw.pay, codes),
  };
}

/** Codes of every check in the module's law. */
export const moduleChecks: readonly string[] = Object.values(moduleLaw).flatMap(
  (law: readonly Pick<Check<never>, 'code'>[]) => law.map((check) => check.code),
);
