/** Public octets kept inside the key memory, or outside with their hash inside: both devices work, and one flipped octet is found. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { CardBench } from '#test/attacks/card-bench.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { CardWorld } from '#test/attacks/card-world.ts';
import { network } from '#test/attacks/hostile-station.ts';
import { ModuleBench } from '#test/attacks/module-bench.ts';
import type { CardImage } from './chip-card/card.ts';
import { cardLaws } from './chip-card/law.ts';
import type { CardMemory } from './chip-card/memory.ts';
import { PUBLIC_OF_CARD, PUBLIC_OF_MODULE, outsideFolder, publicOutside } from './public-outside.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'keyledger-outside-'));
  folders.push(made);
  return made;
}
afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true })));

/** Flips one bit of one file. */
function flip(file: string, at: number): void {
  const octets = readFileSync(file);
  octets[at % octets.length]! ^= 1;
  writeFileSync(file, octets);
}

const world = new CardWorld();
let active: CardMemory;
beforeAll(async () => {
  active = await world.active();
});

describe('a card with its public octets outside', () => {
  function hashed(): { bench: CardBench; at: string } {
    const at = folder();
    const keeps = (image: CardImage): CardImage => publicOutside(image, outsideFolder(at), PUBLIC_OF_CARD);
    const bench = new CardBench(active, cardLaws, keeps);
    keeps(bench.image).write(active);
    return { bench, at };
  }

  test('S13d holds only their hashes inside, and signs as any other', async () => {
    const { bench, at } = hashed();
    expect(isRefusal(await visit(world, bench, { bytes: world.personalizeOrder(active) }))).toBe(false);
    expect(readdirSync(at)).toHaveLength(PUBLIC_OF_CARD.length);
    const { json } = bench.image.snapshot();
    expect(json).not.toContain(active.cardCa);
    expect(json).not.toContain(active.customer?.approverSet);
    expect(json).toContain(active.signingKey);
  });

  test('S13d with one flipped octet outside does nothing but say so, be it the set, a key or its certificate', async () => {
    const { at: reference } = hashed();
    for (const name of readdirSync(reference)) {
      const { bench, at } = hashed();
      flip(join(at, name), 77);
      expect(await (await bench.powerOn()).select()).toMatchObject({ code: 'PUBLIC_ALTERED' });
      rmSync(join(at, name));
      expect(await (await bench.powerOn()).select()).toMatchObject({ code: 'PUBLIC_ALTERED' });
    }
    const { bench, at } = hashed();
    const client = await bench.withTechnician();
    flip(join(at, readdirSync(at)[0] ?? ''), 1);
    expect(await client.presentOrder(world.personalizeOrder(active))).toMatchObject({ code: 'PUBLIC_ALTERED' });
  });
});

describe('a module with its public octets outside', () => {
  function hashed(): { bench: ModuleBench; at: string } {
    const at = folder();
    const bench = new ModuleBench({ keeps: (image) => publicOutside(image, outsideFolder(at), PUBLIC_OF_MODULE) });
    return { bench, at };
  }

  test('S21c keeps root, identity and certificate by their hashes, and operates', () => {
    const { bench, at } = hashed();
    bench.personalize();
    expect(bench.module.state).toBe('operating');
    expect(readdirSync(at)).toHaveLength(PUBLIC_OF_MODULE.length);
    expect(bench.image.read().operation?.certificate).toMatch(/^sha-256:/);
    expect(bench.execute({ type: 'CertificateOf' })).toMatchObject({ type: 'StoredCertificate' });
  });

  test('S21c with one flipped octet outside opens no line and no session', async () => {
    const { bench, at } = hashed();
    bench.personalize();
    for (const name of readdirSync(at)) {
      flip(join(at, name), 5);
      expect(await bench.module.serveLine(network().module)).toMatchObject({ code: 'PUBLIC_ALTERED' });
      expect(await bench.module.openStation(network().module)).toMatchObject({ code: 'PUBLIC_ALTERED' });
      flip(join(at, name), 5);
    }
    expect(bench.module.state).toBe('operating');
  });
});
