import type { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { ascii, concat } from '#libs/kernel/bytes.ts';
import { monotonicMs } from '#libs/kernel/clock.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { V24Line } from './v24-line.ts';

function collect(end: Duplex): () => Uint8Array {
  const chunks: Uint8Array[] = [];
  end.on('data', (chunk: Buffer) => chunks.push(Uint8Array.from(chunk)));
  return () => concat(...chunks);
}

const written = (end: Duplex, octets: Uint8Array): Promise<void> =>
  new Promise((resolve) => end.write(octets, () => resolve()));
const closed = (end: Duplex): Promise<void> => new Promise((resolve) => end.once('close', () => resolve()));
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a V.24 line', () => {
  test('S11c S14b carries octets both ways while it is attached', async () => {
    const line = new V24Line({ baud: 0 });
    const { unit, module } = line.attach();
    const [atModule, atUnit] = [collect(module), collect(unit)];
    const octets = randomOctets(100_000);
    await Promise.all([written(unit, octets), written(module, ascii('answer'))]);
    await turn();
    expect(Buffer.compare(atModule(), octets)).toBe(0);
    expect(Buffer.from(atUnit()).toString()).toBe('answer');
    expect(line.carriedOctets).toBe(100_006);
  });

  test('S14b takes its time: ten bits to an octet', async () => {
    const { unit, module } = new V24Line({ baud: 115_200 }).attach();
    const atModule = collect(module);
    const start = monotonicMs();
    await written(unit, new Uint8Array(1152));
    expect(monotonicMs() - start).toBeGreaterThanOrEqual(95);
    expect(monotonicMs() - start).toBeLessThan(400);
    await turn();
    expect(atModule()).toHaveLength(1152);
    unit.destroy();
  });

  test('S11c nothing passes while it is detached, and nothing of before comes after', async () => {
    const line = new V24Line({ baud: 9600 });
    const first = line.attach();
    const late = collect(first.module);
    first.unit.write(new Uint8Array(1000).fill(1));
    await turn();
    const ends = Promise.all([closed(first.unit), closed(first.module)]);
    line.detach();
    await ends;
    expect(line.attached).toBe(false);
    const carried = line.carriedOctets;
    const second = line.attach();
    const fresh = collect(second.module);
    await turn();
    expect(line.carriedOctets).toBe(carried);
    expect(late().length).toBeLessThan(1000);
    expect(fresh()).toHaveLength(0);
    expect(() => line.attach()).toThrow('attached already');
  });

  test('S14b the plug pulled in the middle of a transfer closes both ends', async () => {
    const line = new V24Line({ baud: 115_200 });
    const { unit, module } = line.attach();
    const got = collect(module);
    line.pullAfter(500);
    const ends = Promise.all([closed(unit), closed(module)]);
    unit.write(new Uint8Array(2000));
    await ends;
    expect(got().length).toBeLessThanOrEqual(500);
    expect(line.attached).toBe(false);
  });

  test('somebody on it sees and changes octets; noise arrives that nobody sent', async () => {
    const seen: Uint8Array[] = [];
    const line = new V24Line({
      baud: 0,
      tap: (direction, octets) => {
        seen.push(octets);
        return direction === 'to-module' ? octets.map((octet) => octet ^ 0xff) : octets;
      },
    });
    const { unit, module } = line.attach();
    const got = collect(module);
    await written(unit, Uint8Array.of(1, 2));
    line.inject('to-module', ascii('~'));
    await turn();
    expect(seen).toEqual([Uint8Array.of(1, 2)]);
    expect(got()).toEqual(concat(Uint8Array.of(0xfe, 0xfd), ascii('~')));
  });
});
