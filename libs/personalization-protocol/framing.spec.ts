import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ascii, concat, u32 } from '#libs/kernel/bytes.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { FrameLine } from './frame-line.ts';
import { FRAME_LIMITS, FrameReader, encodeFrame } from './framing.ts';

const frame = encodeFrame({ type: 'Identify' });

describe('frames', () => {
  test('come out as they went in, however the line cuts them', () => {
    const values: Json[] = [{ type: 'Identify' }, { a: 1, b: 'x' }, [], { deep: { deeper: { deepest: 7 } } }];
    const octets = concat(...values.map(encodeFrame));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (cuts) => {
        const reader = new FrameReader();
        const got: unknown[] = [];
        let at = 0;
        for (const cut of [...cuts, octets.length]) {
          got.push(...reader.push(octets.slice(at, at + cut)));
          at += cut;
        }
        expect(got).toEqual(values);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test.each([
    ['a length of zero', u32(0)],
    ['a length beyond the limit', u32(FRAME_LIMITS.octetsMax + 1)],
    ['no JSON', concat(u32(4), ascii('junk'))],
    ['another member order', concat(u32(13), ascii('{"b":1,"a":2}'))],
    ['a duplicate member', concat(u32(13), ascii('{"a":1,"a":1}'))],
    ['too deep', concat(u32(12), ascii('[[[[[[]]]]]]'))],
    ['an escape', concat(u32(9), ascii('{"a":"\\n"}'.slice(0, 9)))],
  ])('S17a garbage ends it: %s', (_name, octets) => {
    const reader = new FrameReader();
    const got = reader.push(octets);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ code: 'LINE_GARBAGE' });
    expect(reader.push(frame)).toEqual([]);
  });

  test('no octets whatever make it throw, and it holds no more than one frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        for (const one of new FrameReader().push(octets))
          expect(isRefusal(one) || typeof one === 'object' || typeof one !== 'undefined').toBe(true);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test('one that is too large is not written', () => {
    expect(() => encodeFrame('x'.repeat(FRAME_LIMITS.octetsMax))).toThrow(RangeError);
  });
});

function loop(): { line: FrameLine; far: Duplex } {
  const far = new Duplex({ read: () => undefined, write: (chunk: Buffer, _e, done) => (near.push(chunk), done()) });
  const near = new Duplex({ read: () => undefined, write: (chunk: Buffer, _e, done) => (far.push(chunk), done()) });
  far.on('error', () => undefined);
  return { line: new FrameLine(near), far };
}

describe('a line of frames', () => {
  test('asks and hears', async () => {
    const { line, far } = loop();
    far.once('data', () => far.write(encodeFrame({ answer: 1 })));
    expect(await line.ask({ question: 1 }, 1000)).toEqual({ answer: 1 });
  });

  test('is closed by garbage, by silence, by its far end, and by more than was asked for', async () => {
    const garbage = loop();
    garbage.far.write(ascii('GET / HTTP/1.1'));
    expect(await garbage.line.receive(1000)).toMatchObject({ code: 'LINE_GARBAGE' });
    expect(await garbage.line.send({ a: 1 })).toMatchObject({ code: 'LINE_GARBAGE' });

    const silence = loop();
    expect(await silence.line.receive(5)).toMatchObject({ code: 'LINE_SILENT' });
    expect(silence.line.ended).toBe(true);

    const gone = loop();
    gone.far.write(frame.slice(0, 7));
    setImmediate(() => gone.line.close());
    expect(await gone.line.receive(1000)).toMatchObject({ code: 'LINE_CLOSED' });

    const flood = loop();
    for (let sent = 0; sent < 20; sent += 1) flood.far.write(frame);
    await new Promise((resolve) => setImmediate(resolve));
    expect(flood.line.ended).toBe(true);
  });
});
