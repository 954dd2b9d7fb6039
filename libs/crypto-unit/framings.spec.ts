/** The framings of the crypto units where the wire is bad: chains, broken blocks, broken packets. */
import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CCID_DATA_MAX, CHAIN, chained, encodeCcid, isLast, takeCcid } from './ccid.ts';
import { OctetStream } from './octet-stream.ts';
import { TRANSACTION, encodePacket, takePacket } from './packets.ts';
import { BlockEnd, type BlockLink } from './t1.ts';

/** What was written comes back, as on a wire whose ends are joined. */
function loop(): OctetStream {
  const wire = new PassThrough();
  return new OctetStream(Duplex.from({ readable: wire, writable: wire }));
}

const octetsOf = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff);

/** Two ends of T=1; `spoils` says which blocks arrive with a wrong octet, counted over both ways. */
function joined(spoils: (block: number) => boolean): readonly [BlockEnd, BlockEnd] {
  let count = 0;
  const queue = () => {
    const [held, waiting]: [Uint8Array[], ((block: Uint8Array) => void)[]] = [[], []];
    return {
      put: (block: Uint8Array) => {
        const arrived = Uint8Array.from(block);
        if (spoils((count += 1))) arrived[arrived.length - 1]! ^= 0x55;
        const next = waiting.shift();
        if (next === undefined) held.push(arrived);
        else next(arrived);
      },
      get: () => {
        const next = held.shift();
        return next === undefined ? new Promise<Uint8Array>((resolve) => waiting.push(resolve)) : Promise.resolve(next);
      },
    };
  };
  const [there, back] = [queue(), queue()];
  const link = (to: typeof there, from: typeof there): BlockLink => ({
    write: (block) => Promise.resolve(to.put(block)),
    read: () => from.get(),
  });
  return [new BlockEnd(link(there, back)), new BlockEnd(link(back, there))];
}

/** A card that answers each command with this, for ever, and what it got. */
function serving(card: BlockEnd, answer: Uint8Array): Uint8Array[] {
  const got: Uint8Array[] = [];
  const serve = async (): Promise<void> => {
    for (;;) {
      got.push(await card.receive());
      await card.send(answer);
    }
  };
  void serve().catch(() => undefined);
  return got;
}

describe('S13f blocks of T=1', () => {
  test('carry commands and answers of any length, whichever single block arrives broken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), fc.nat(1500), fc.nat(20), async (command, answer, broken) => {
        const [host, card] = joined((block) => block === broken);
        const got = serving(card, octetsOf(answer));
        for (let round = 0; round < 2; round += 1) {
          await host.send(octetsOf(command));
          expect(await host.receive()).toEqual(octetsOf(answer));
        }
        expect(got).toEqual([octetsOf(command), octetsOf(command)]);
      }),
      { seed: 13, numRuns: 60 },
    );
  });

  test('give up where nothing arrives whole', async () => {
    const [host, card] = joined(() => true);
    const serving = card.receive();
    await host.send(octetsOf(10));
    await expect(Promise.race([serving, host.receive()])).rejects.toMatchObject({ code: 'CARD_GONE' });
    await serving.catch(() => undefined);
  });
});

describe('S13g messages of CCID', () => {
  test('say of each part whether it begins, goes on or ends', () => {
    const chains = (length: number) => chained(octetsOf(length)).map(({ chain }) => chain);
    expect(chains(0)).toEqual([CHAIN.WHOLE]);
    expect(chains(CCID_DATA_MAX)).toEqual([CHAIN.WHOLE]);
    expect(chains(CCID_DATA_MAX + 1)).toEqual([CHAIN.BEGINS, CHAIN.ENDS]);
    expect(chains(3 * CCID_DATA_MAX)).toEqual([CHAIN.BEGINS, CHAIN.GOES_ON, CHAIN.ENDS]);
    expect([CHAIN.WHOLE, CHAIN.BEGINS, CHAIN.ENDS, CHAIN.GOES_ON].map(isLast)).toEqual([true, false, true, false]);
  });

  test('have the head of the class: type, length, slot, sequence', async () => {
    const message = { type: 0x6f, sequence: 5, own: [0, CHAIN.WHOLE, 0] as const, data: Uint8Array.of(1, 2) };
    expect(Buffer.from(encodeCcid(message)).toString('hex')).toBe('6f0200000000050000000102');
    const stream = loop();
    await stream.write(encodeCcid(message));
    expect(await takeCcid(stream)).toEqual(message);
    await stream.write(Uint8Array.from([0x80, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0]));
    await expect(takeCcid(stream)).rejects.toMatchObject({ code: 'CARD_GONE' });
  });
});

describe('S13g packets of FireWire', () => {
  const written = { transaction: TRANSACTION.WRITE_BLOCK, label: 9, at: 0xf0010000, value: 5, data: octetsOf(5) };

  test('come back as they were, whatever the transaction', async () => {
    const none = new Uint8Array();
    for (const packet of [
      written,
      { transaction: TRANSACTION.WRITE_QUADLET, label: 63, at: 0xf0000800, value: 0xffffffff, data: none },
      { transaction: TRANSACTION.READ_BLOCK, label: 0, at: 0xf0010800, value: 2048, data: none },
      { transaction: TRANSACTION.WRITE_DONE, label: 1, at: 7, value: 0, data: none },
      { transaction: TRANSACTION.BLOCK_READ, label: 2, at: 0, value: 7, data: octetsOf(7) },
    ]) {
      const stream = loop();
      await stream.write(encodePacket(packet));
      expect(await takePacket(stream)).toEqual(packet);
    }
  });

  test('that arrive with one wrong bit end the connection', async () => {
    const octets = encodePacket(written);
    for (const at of [0, 5, 9, 14, 18, 21, 29]) {
      const spoilt = Uint8Array.from(octets);
      spoilt[at]! ^= 0x04;
      const stream = loop();
      await stream.write(spoilt);
      stream.end();
      await expect(takePacket(stream)).rejects.toMatchObject({ code: 'CARD_GONE' });
    }
  });
});
