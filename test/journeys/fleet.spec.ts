/** A fleet, few modules in one process: imported, placed, personalized under one approval for many, and looked at. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FleetDesk, openDesk } from '#apps/keyledger/src/fleet/desk.ts';
import { written } from '#apps/keyledger/src/fleet/orders.ts';
import { type Machine, keepMachines, machinesIn } from '#apps/keyledger/src/fleet/machines.ts';
import { MODULE_CLASS } from '#apps/keyledger/src/demo/names.ts';
import { servesNoMore, tellServing } from '#apps/keyledger/src/demo/running.ts';
import { suspended } from '#apps/keyledger/src/story/operation.ts';
import { fleetImport } from '#apps/keyledger/src/verbs/fleet-import.ts';
import { fleetPersonalize } from '#apps/keyledger/src/verbs/fleet-personalize.ts';
import { fleetPlace } from '#apps/keyledger/src/verbs/fleet-place.ts';
import { type MachineStatus, fleetStatus } from '#apps/keyledger/src/verbs/fleet-status.ts';
import { reconstruct } from '#apps/keyledger/src/verbs/reconstruct.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { listenLocal } from '#libs/local/local-socket.ts';
import { lineAddress } from '#libs/local/plug.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { namesSerial, serialTree } from '#libs/serial-tree/serial-tree.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { memoryImage } from '#module-emulator/memory-image.ts';
import { serialsFrom } from '#test/kit/orders.ts';
import { CutNetwork } from './cut-network.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { heard } from './story-record.ts';
import { until } from './until.ts';

const CSV = join(import.meta.dirname, '../data/machines.csv');
const GOOD = 13;
/** Seventeen is more than an order lists by itself. */
const MANY = 17;
/** The module whose place in the list is altered on its way to the unit. */
const LIED_ABOUT = 'SM-000003';

let it: HouseInProcess;
let network: CutNetwork;
let file: string;

beforeAll(async () => {
  it = await houseInProcess({
    unitReaches: async (platformUrl) => (network = await CutNetwork.before(platformUrl)).url,
  });
  file = it.house.deployment.places.fleet.machines;
}, 180_000);

afterAll(async () => {
  await it?.close();
  await network?.close();
});

const of = (type: string, events: readonly StoredEvent[]) => events.filter((event) => event.type === type);

async function held(): Promise<unknown> {
  const result = await replay(await it.events());
  return isFinding(result) ? result : 'held';
}

function machine(serial: string): Machine {
  const words = { region: '', operator: 'Zweigstelle Köln', name: '', street: 'Hohe Straße 1', city: '', hours: '' };
  return { serial, site: `cologne/${serial.slice(-2)}`, ...words, lat: 50.9, lon: 6.9 };
}

describe('import', () => {
  test('takes what is in order, and names each broken row by its line and field', async () => {
    const { terminal, data } = heard(true);
    expect(await fleetImport({ folder: it.folder, file: CSV }, terminal)).toBe(1);
    const [{ broken, imported }] = data as [{ broken: { line: number; field: string }[]; imported: number }];
    expect(broken.map(({ line, field }) => `${line} ${field}`)).toEqual([
      '3 lat',
      '6 serial',
      '8 id',
      '11 name',
      '14 row',
      '17 serial',
      '19 name',
    ]);
    expect(imported).toBe(GOOD);
    expect(machinesIn(file).map(({ name }) => name)).toContain('Suresnes Hôtel de Ville');
  });

  test('is done again to the same end, for its owner’s eyes alone', async () => {
    const before = readFileSync(file, 'utf8');
    expect(await fleetImport({ folder: it.folder, file: CSV }, heard().terminal)).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['no file at all', null, 'NO_FILE'],
    ['no column for the serial', 'id,lat,lon\npoznan/1,52,16\n', 'BAD_HEADER'],
    ['a column that nobody knows', 'serial,id,lat,lon,pin\nKL-1,a/1,52,16,1234\n', 'BAD_HEADER'],
    ['nothing', '', 'BAD_HEADER'],
  ])('cannot run on %s', (_what, text, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'kl-csv-'));
    const csv = join(folder, 'machines.csv');
    if (text !== null) writeFileSync(csv, text);
    expect(() => fleetImport({ folder, file: csv }, heard().terminal)).toThrow(expect.objectContaining({ code }));
    rmSync(folder, { recursive: true });
  });

  test('takes CRLF, a mark of byte order, and columns in another order; and no octets that are no text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kl-csv-'));
    const csv = join(folder, 'machines.csv');
    const lines = ['\uFEFFlon,lat,id,serial,name', '6.9,50.9,a/1,KL-1,"One, two"', '', '6.9,50.9,a/2,KL-2,Caf'];
    writeFileSync(csv, Buffer.concat([Buffer.from(lines.join('\r\n')), Buffer.of(0xe9, 0x0a)]));
    const { terminal, warnings } = heard();
    expect(await fleetImport({ folder, file: csv }, terminal)).toBe(1);
    expect(warnings).toEqual(['line 4, name: is not UTF-8']);
    expect(machinesIn(join(folder, 'fleet', 'machines.json'))).toMatchObject([{ serial: 'KL-1', name: 'One, two' }]);
    rmSync(folder, { recursive: true });
  });
});

describe('place', () => {
  test('needs a deployment that runs, and says so', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'kl-none-'));
    await expect(fleetPlace({ folder: empty }, heard().terminal)).rejects.toMatchObject({ code: 'NOT_FOUNDED' });
    rmSync(empty, { recursive: true });
    await expect(fleetPlace({ folder: it.folder }, heard().terminal)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    tellServing(it.house);
  });

  test('S25c has a module made for every machine, and records who it is and a code of its place', async () => {
    keepMachines(file, serialsFrom(1, MANY - GOOD).map(machine));
    expect(await fleetPlace({ folder: it.folder }, heard().terminal)).toBe(0);
    const events = await it.events();
    expect(of('ModuleInitialized', events)).toHaveLength(MANY);
    expect(of('ModulePlaced', events).map(({ data }) => (data as { site: string }).site)).toContain('cologne/03');
    const places = machinesIn(file).map(({ site }) => site);
    expect(new Set(of('ModulePlaced', events).map(({ data }) => (data as { site: string }).site))).toEqual(
      new Set(places),
    );
  });

  test('once more records nothing more', async () => {
    const before = (await it.events()).length;
    expect(await fleetPlace({ folder: it.folder }, heard().terminal)).toBe(0);
    expect((await it.events()).slice(before)).toEqual([]);
  });

  test('leaves street, operator, name and hours out of the record', async () => {
    const words = machinesIn(file).flatMap(({ street, operator, name, hours }) => [street, operator, name, hours]);
    const told = JSON.stringify((await it.events()).map(({ data, metadata }) => [data, metadata]));
    expect(words.filter((word) => word.length > 3 && told.includes(word))).toEqual([]);
  });

  test('takes no words for a code', async () => {
    const desk = await openDesk({ folder: it.folder });
    const outcome = await desk.platform.place('KL-000101', 'Hohe Straße 1');
    await desk.close();
    expect(outcome).toMatchObject({ code: 'BAD_SHAPE' });
  });
});

describe('personalize', () => {
  test('S31b is approved by nobody who is shown another list than the order’s', async () => {
    const liar = await CutNetwork.before(it.house.platformUrl);
    liar.alters = (octets) => Buffer.from(octets.toString('latin1').replace('"KL-000105"', '"KL-000155"'), 'latin1');
    const running = fleetPersonalize({ folder: it.folder, url: liar.url, count: MANY }, heard().terminal);
    await expect(running).rejects.toMatchObject({ code: 'BAD_SERIALS' });
    await liar.close();
    const events = await it.events();
    const [order] = of('OrderRequested', events).filter(({ data }) => JSON.stringify(data).includes('KL-000105'));
    expect(events.filter(({ stream }) => stream === order?.stream).map(({ type }) => type)).toEqual(['OrderRequested']);
  });

  test('S31b brings many into operation under one approval; a unit begins on none that the signed list does not hold', async () => {
    const lied = altersOneProof();
    network.alters = lied.alters;
    const { terminal, lines } = heard();
    const running = fleetPersonalize({ folder: it.folder, count: MANY }, terminal);
    await othersOperate();
    expect(lied.times()).toBeGreaterThan(0);
    expect(it.said).toContain(`unit: ${LIED_ABOUT}: SERIAL_NOT_IN_ORDER`);
    expect((await it.events()).filter(({ stream }) => stream.endsWith(`-${LIED_ABOUT}`))).not.toContainEqual(
      expect.objectContaining({ type: 'PersonalizationStarted' }),
    );
    network.alters = null;
    await it.restartUnit();
    expect(await running).toBe(0);
    expect(lines[0]).toMatch(/^Personalize 17 modules \(list [A-Za-z0-9_-]{43}\) for station ST-POZNAN/);
    expect(lines.at(-1)).toBe('17 of 17 modules operate.');
  }, 180_000);

  /** Flips the first letter of one proof, whenever work is given to the unit. */
  function altersOneProof(): { alters: (octets: Buffer) => Buffer; times: () => number } {
    let times = 0;
    const alters = (octets: Buffer): Buffer => {
      const at = octets.indexOf(`"serial":"${LIED_ABOUT}","inclusion":"`);
      if (at < 0) return octets;
      times += 1;
      const altered = Buffer.from(octets);
      const first = at + `"serial":"${LIED_ABOUT}","inclusion":"`.length;
      altered[first + 10] = altered[first + 10] === 0x41 ? 0x42 : 0x41;
      return altered;
    };
    return { alters, times: () => times };
  }

  async function othersOperate(): Promise<void> {
    while (of('ModuleEnteredOperation', await it.events()).length < MANY - 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
  }

  test('is one order with two approvals, and the record holds', async () => {
    const events = await it.events();
    const orders = of('OrderRequested', events).filter(({ data }) => JSON.stringify(data).includes('KL-000101'));
    expect(orders).toHaveLength(1);
    expect(events.filter(({ stream, type }) => stream === orders[0]?.stream && type === 'OrderApproved')).toHaveLength(
      2,
    );
    expect(of('OrderSpent', events).filter(({ stream }) => stream === orders[0]?.stream)).toHaveLength(MANY);
    expect(of('ReportContested', events)).toEqual([]);
    expect(await held()).toBe('held');
  });

  test('once more asks for nothing more', async () => {
    const before = (await it.events()).length;
    expect(await fleetPersonalize({ folder: it.folder }, heard().terminal)).toBe(0);
    expect((await it.events()).slice(before)).toEqual([]);
  });

  test('S29b is shown for each certificate by the record alone, with its place in the approved list', async () => {
    const [status] = await statusOf();
    const { terminal, data } = heard(true);
    const { folder } = it;
    expect(await reconstruct({ folder, fingerprint: status?.fingerprint ?? '' }, terminal)).toBe(0);
    const { serial, inclusion } = data[0] as { serial: string; inclusion: string };
    const all = machinesIn(file).map((one) => one.serial);
    const tree = serialTree(all);
    if (isRefusal(tree)) throw new Error(tree.code);
    expect(namesSerial(tree, serial, fromBase64url(inclusion) ?? new Uint8Array())).toBe(true);
  });

  test.each([
    ['cut', (serials: readonly string[]) => serials.slice(1)],
    ['lengthened', (serials: readonly string[]) => [...serials, 'SM-999999']],
    ['altered', (serials: readonly string[]) => [...serials.slice(0, -1), 'SM-999999']],
  ])('leaves a record that does not hold with a list that was %s', async (_how, change) => {
    const events = (await it.events()).map((event) => {
      const data = event.data as { serials?: readonly string[] };
      return event.type === 'OrderRequested' && (data.serials?.length ?? 0) === MANY
        ? { ...event, data: { ...data, serials: change(data.serials ?? []) } }
        : event;
    });
    expect(await replay(events)).toMatchObject({ code: 'ORDER_ALTERED' });
  });
});

describe('a machine that is not as the record says', () => {
  const [LOST, DUMB] = ['SM-000900', 'SM-000903'];

  /** In the record like every other; made somewhere else. */
  async function recorded(serial: string): Promise<void> {
    const { manufacturer } = it.house.deployment;
    const image = memoryImage(manufacturer.makeModule(serial, MODULE_CLASS));
    manufacturer.initializeModule(image);
    const { certificate: identity = '', identityCa = '' } = image.read().identity ?? {};
    const desk = await openDesk({ folder: it.folder });
    await desk.platform.register(serial, { identity, identityCa });
    await desk.platform.receive(serial);
    await desk.platform.place(serial, machine(serial).site);
    await desk.close();
  }

  test('is named with its code where it does not stand, run after run, and holds up no other', async () => {
    await recorded(LOST);
    keepMachines(file, [machine(LOST), machine('SM-000901')]);
    expect(await fleetPlace({ folder: it.folder }, heard().terminal)).toBe(0);
    const { terminal, warnings } = heard();
    expect(await fleetPersonalize({ folder: it.folder }, terminal)).toBe(1);
    expect(warnings).toEqual([`${LOST}: MODULE_NOT_HERE`]);
    expect(await statusOf()).toContainEqual(expect.objectContaining({ serial: 'SM-000901', state: 'operating' }));
    const again = heard();
    expect(await fleetPersonalize({ folder: it.folder }, again.terminal)).toBe(1);
    expect(again.warnings).toEqual([`${LOST}: MODULE_NOT_HERE`]);
    expect(await held()).toBe('held');
  }, 180_000);

  test('S14a has the line off again where it does not answer, and holds up no other', async () => {
    await recorded(DUMB);
    const plug = await listenLocal(lineAddress(it.house.sockets, DUMB), (socket) => socket.end());
    keepMachines(file, [machine(DUMB), machine('SM-000904')]);
    expect(await fleetPlace({ folder: it.folder }, heard().terminal)).toBe(0);
    const { terminal, warnings } = heard();
    const running = fleetPersonalize({ folder: it.folder }, terminal);
    const operates = async () =>
      (await statusOf()).some(({ serial, state }) => serial === 'SM-000904' && state === 'operating');
    expect(await until(operates)).toBe(true);
    await plug.close();
    expect(await running).toBe(1);
    expect(warnings).toContain(`${DUMB}: MODULE_NOT_HERE`);
    const lines = (await it.events()).filter(({ stream, type }) => stream === 'unit-U-7' && type.startsWith('Line'));
    const tried = lines.filter(({ data }) => (data as { serial: string }).serial === DUMB).map(({ type }) => type);
    expect(tried.length).toBeGreaterThan(1);
    expect(tried).toEqual(tried.map((_, at) => (at % 2 === 0 ? 'LineAttached' : 'LineDetached')));
    expect(of('ReportContested', await it.events())).toEqual([]);
  }, 180_000);
});

describe('an order that holds the root of a list', () => {
  test('is refused by the platform with another list than the order’s, and none is reserved that it does not name', async () => {
    const desk = await openDesk({ folder: it.folder });
    const [name, serials] = ['another-list', serialsFrom(1, 40)];
    const order = written(desk.world, { name, serials }, desk.world.kept('fleet card')?.['cardKey'] ?? '');
    const refused = { code: 'BAD_SERIALS' };
    expect(await desk.platform.request('clara', order.written, serials.slice(1))).toMatchObject(refused);
    const again = { ...order.written, name: 'another-list-again' };
    expect(await desk.platform.request('clara', again, [])).toMatchObject(refused);
    const third = { ...order.written, name: 'the-list' };
    expect(await desk.platform.request('clara', third, serials)).toMatchObject({ stream: `order-${order.written.id}` });
    const shown = await desk.platform.shown(order.written.id);
    for (const who of ['anna', 'bo'] as const) await desk.platform.approve(who, third, shown ?? { bytes: '', serials });
    const asked = { order: order.written.id, serial: 'KL-000101' };
    const types = { order: 'ID!', serial: 'String!' };
    const step = (operation: string) => ({ by: 'unit', name: `another ${operation}`, operation }) as const;
    const reserved = await desk.world.attempt(step('reserveModule'), types, asked);
    const taken = await desk.world.attempt(step('takeOrder'), types, asked);
    expect([reserved, taken]).toMatchObject([{ code: 'SERIAL_NOT_IN_ORDER' }, { code: 'SERIAL_NOT_IN_ORDER' }]);
    const withdrawal = signDetached('keyledger-withdrawal+jws', ascii(order.written.text), desk.world.keyOf('anna'));
    const withdraw = { order: order.written.id, proof: withdrawal };
    await desk.world.attempt(
      { by: 'anna', name: 'withdraw', operation: 'withdrawOrder' },
      { order: 'ID!', proof: 'ProofInput!' },
      withdraw,
    );
    await desk.close();
  });
});

describe('whoever waits under an order of which nothing comes any more', () => {
  /** Asks for one more machine while the unit hears of nothing, and lets something happen before it does. */
  async function meanwhile(happens: (desk: FleetDesk, order: string) => Promise<unknown>): Promise<readonly string[]> {
    network.cut();
    const before = of('OrderRequested', await it.events()).length;
    const { terminal, warnings } = heard();
    const running = fleetPersonalize({ folder: it.folder }, terminal);
    const desk = await openDesk({ folder: it.folder });
    const asked = async () => of('OrderRequested', await it.events())[before];
    expect(await until(async () => (await asked()) !== undefined)).toBe(true);
    const order = (await asked())?.stream.slice('order-'.length) ?? '';
    const approved = async () => (await it.events()).filter(({ stream }) => stream === `order-${order}`).length > 2;
    expect(await until(approved)).toBe(true);
    await happens(desk, order);
    await desk.close();
    expect(await running).toBe(1);
    network.mend();
    return warnings;
  }

  test('is named with what became of the order', async () => {
    keepMachines(file, [machine('SM-000902')]);
    expect(await fleetPlace({ folder: it.folder }, heard().terminal)).toBe(0);
    const warnings = await meanwhile(async (desk, order) => {
      const shown = await desk.platform.shown(order);
      const proof = signDetached('keyledger-withdrawal+jws', ascii(shown?.bytes ?? ''), desk.world.keyOf('bo'));
      await desk.world.attempt(
        { by: 'bo', name: 'withdraw it', operation: 'withdrawOrder' },
        { order: 'ID!', proof: 'ProofInput!' },
        { order, proof },
      );
    });
    expect(warnings).toContain('SM-000902: ORDER_WITHDRAWN');
  }, 180_000);

  test('S29c is named with what became of the card, which certifies nothing more', async () => {
    const warnings = await meanwhile(({ world }) =>
      suspended(world, { cardKey: world.kept('fleet card')?.['cardKey'] ?? '' }),
    );
    expect(warnings).toContain('SM-000902: SIGNING_KEY_SUSPENDED');
    expect(warnings).toContain('KL-000101: SIGNING_KEY_SUSPENDED');
    const again = fleetPersonalize({ folder: it.folder }, heard().terminal);
    await expect(again).rejects.toMatchObject({ code: 'SIGNING_KEY_SUSPENDED' });
    expect(await held()).toBe('held');
  }, 180_000);
});

describe('status', () => {
  test('shows each machine with place, state and certificate, without the platform', async () => {
    servesNoMore(it.house.deployment.places);
    const all = await statusOf();
    expect(all).toHaveLength(MANY + 5);
    expect(all.filter(({ state }) => state === 'operating')).toHaveLength(MANY + 2);
    const { terminal, lines } = heard();
    await fleetStatus({ folder: it.folder }, terminal);
    expect(lines[0]).toMatch(/^serial +place +state +certificate/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^SM-000900 {2}cologne\/00 +delivered, placed: MODULE_NOT_HERE$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^KL-000101 {2}poznan\/8 +operating: SIGNING_KEY_SUSPENDED +[0-9a-f]{16}$/),
    );
  });
});

async function statusOf(): Promise<readonly MachineStatus[]> {
  const { terminal, data } = heard(true);
  await fleetStatus({ folder: it.folder }, terminal);
  return data as MachineStatus[];
}
