/** The archive keeps every entry before the card forgets one, and signs nothing for a card whose log is not its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CardBench } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CardWorld, orThrow } from '#test/attacks/card-world.ts';
import { archiveCardLog } from './archive.ts';

const world = new CardWorld();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const desk = () => ({ folder, leaseKey: world.leaseKey });
const file = () => join(folder, 'archive-CC-01.json');
const archived = async (bench: CardBench) => archiveCardLog(await bench.withCustodians(), desk());
const certifies = async (bench: CardBench, serial: string) =>
  orThrow(await visit(world, bench, { module: world.maker.module(serial), order: { serials: [serial] } }));

describe('the archive of a card’s log', () => {
  test('S29a grows by what is new, and holds the whole chain', async () => {
    const bench = new CardBench(await world.active());
    await certifies(bench, 'SM-000041');
    expect(await archived(bench)).toEqual({ card: 'CC-01', entries: 1 });
    await certifies(bench, 'SM-000042');
    expect(await archived(bench)).toEqual({ card: 'CC-01', entries: 2 });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toHaveLength(2);
    expect(bench.image.read()).toMatchObject({ log: [], archived: { number: 2 } });
  });

  test('S29a takes nothing from a card of the same number whose log does not follow, and the card forgets nothing', async () => {
    const active = await world.active();
    const [bench, clone] = [new CardBench(active), new CardBench(active)];
    await certifies(bench, 'SM-000041');
    orThrow(await archived(bench));
    const kept = readFileSync(file(), 'utf8');
    await certifies(clone, 'SM-000043');
    await certifies(clone, 'SM-000044');
    expect(await archived(clone)).toMatchObject({ code: 'ARCHIVE_CHAIN' });
    expect(clone.image.read().log).toHaveLength(2);
    expect(readFileSync(file(), 'utf8')).toBe(kept);
  });

  test('S29a says so when its own file was touched, or lost entries that the card has forgotten', async () => {
    const bench = new CardBench(await world.active());
    await certifies(bench, 'SM-000041');
    orThrow(await archived(bench));
    await certifies(bench, 'SM-000042');
    writeFileSync(file(), '["AA"]');
    expect(await archived(bench)).toMatchObject({ code: 'ARCHIVE_CHAIN' });
    rmSync(file());
    expect(await archived(bench)).toMatchObject({ code: 'LOG_ENTRY_ARCHIVED' });
    expect(bench.image.read().log).toHaveLength(1);
  });
});
