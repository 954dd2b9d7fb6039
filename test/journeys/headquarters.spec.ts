/** Headquarters switched off and on: it keeps the newest approver set, whatever a platform shows it afterwards. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SETS_FILE } from '#apps/headquarters/src/held-sets.ts';
import { startHeadquarters } from '#apps/headquarters/src/lease-desk.ts';
import { headquartersConfig } from '#apps/keyledger/src/demo/configs.ts';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { CARD, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { askForLease } from '#apps/unit/src/lease-request.ts';
import { decodeLease } from '#libs/chip-card-protocol/statements.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { localAddress } from '#libs/local/local-socket.ts';
import { HostilePlatform } from './hostile-platform.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench } from './people-bench.ts';

interface Shown {
  approverSets?: { adopted: { document: string; approvals: { signature: string }[] }[] };
}

const folder = mkdtempSync(join(tmpdir(), 'kl-hq-'));
const file = join(folder, SETS_FILE);
let it: HouseInProcess;
let bench: PeopleBench;
let hostile: HostilePlatform;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  bench = new PeopleBench(it);
  hostile = new HostilePlatform(it.house.platformUrl);
  await hostile.start();
}, 180_000);

afterAll(async () => {
  await hostile?.close();
  await it?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Switched on, asked for one lease by the unit, and switched off: the set that the lease names. */
async function setInLease(keptIn: string | null = folder): Promise<string> {
  const { deployment, sockets } = it.house;
  const address = localAddress(sockets, 'hq-again');
  const config = headquartersConfig(
    deployment,
    { host: '127.0.0.1', sockets, nodeEnv: 'test' },
    { platformUrl: hostile.url, clock: systemClock },
  );
  const { folder: _own, ...others } = config;
  const desk = await startHeadquarters({ ...others, address, ...(keptIn === null ? {} : { folder: keptIn }) });
  try {
    const asked = { card: CARD, challenge: randomOctets(32), order: 'A'.repeat(43), unit: UNIT };
    const granted = await askForLease(address, asked, keyAt(deployment.places.unit.credential, 'P-256'));
    if (isRefusal(granted)) return granted.code;
    const lease = decodeLease(granted.lease);
    return isRefusal(lease) ? lease.code : toBase64url(lease.approverSet);
  } finally {
    await desk.close();
  }
}

const hashNow = () => approverSetHash(approverSetBytes(bench.inForce));
/** The platform shows so many links of the chain. */
const shows = (links: number): void => {
  hostile.alters = (data: Shown) => {
    if (data.approverSets) data.approverSets.adopted.splice(links);
  };
};

describe('S31b headquarters', () => {
  test('follows the sets, and after a restart goes back to none that came before', async () => {
    const first = hashNow();
    expect(await setInLease()).toBe(first);
    await bench.adopted(bench.later());
    const second = hashNow();
    shows(0);
    expect(await setInLease()).toBe(first);
    shows(9);
    expect(await setInLease()).toBe(second);
    shows(0);
    expect(await setInLease()).toBe(second);
    expect(await setInLease(null)).toBe(first);
    await bench.adopted(bench.later());
    shows(1);
    expect(await setInLease()).toBe(second);
    shows(9);
    expect(await setInLease()).toBe(hashNow());
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(2);
    shows(1);
    expect(await setInLease()).toBe(hashNow());
  });

  test('believes its own file no further than the approvals in it carry', async () => {
    const kept = readFileSync(file, 'utf8');
    const links = JSON.parse(kept) as { document: string; approvals: object[] }[];
    writeFileSync(file, JSON.stringify([{ ...links[0], approvals: links[0]!.approvals.slice(0, 1) }, links[1]]));
    await expect(setInLease()).rejects.toThrow('does not lead from the founding');
    writeFileSync(file, JSON.stringify([links[1]]));
    await expect(setInLease()).rejects.toThrow('does not lead from the founding');
    writeFileSync(file, kept);
    expect(await setInLease()).toBe(hashNow());
  });

  test('takes no set that the set before did not approve, whatever the platform shows', async () => {
    await bench.adopted(bench.later());
    hostile.alters = (data: Shown) => {
      const last = data.approverSets?.adopted.at(-1);
      if (last !== undefined) last.approvals = last.approvals.slice(0, 1);
    };
    expect(await setInLease()).toBe(bench.inForce.previous);
    shows(9);
    expect(await setInLease()).toBe(hashNow());
  });
});
