/** A station whose bank lost its witness: it follows to the one that two officers let in, and not back. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { stationLaws } from '#apps/station/src/trust.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { orderId } from '#libs/kernel/order.ts';
import type { WitnessLink } from '#libs/kernel/trust-list.ts';
import { cosign, withSignatures } from '#libs/seal/cosignature.ts';
import { cosignatureKey } from '#libs/seal/note-key.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { NOW } from '#module-emulator/adversary/bank.ts';
import { WITNESS } from '#module-emulator/adversary/bank-log.ts';
import { type Unproved, listEntry } from '#module-emulator/adversary/trust-lists.ts';
import { link as setLink } from './station-set-attacks.ts';
import { admittedEvent } from './station-witness-attacks.ts';
import { StationAt, StationWorld } from './station-world.ts';

const signerOf = (name: string): NoteSigner => ({ name, key: generateKeyPairSync('ed25519').privateKey });
const keyOf = ({ name, key }: NoteSigner): string => cosignatureKey(name, key).line;
const [second, third] = [signerOf('second.test'), signerOf('third.test')];

/** The bank's log, which its first witness sees no more. */
class Bereft {
  readonly world: StationWorld;
  readonly log;
  readonly station: StationAt;
  #version = 2;

  constructor(world: StationWorld) {
    this.world = world;
    world.bank.log.checkpoint();
    this.log = world.bank.log.fork(); // a witness that answers no more says as little as one that saw another history
    this.station = new StationAt(world.bank, stationLaws);
  }

  /** The event behind the order is in the log. */
  admitted(witness: string, instead: string | null = WITNESS): Omit<WitnessLink, 'inclusion'> {
    const { bank } = this.world;
    const order = bank.admitWitness(witness, instead);
    const event = admittedEvent(witness, instead, orderId(order));
    return {
      event,
      index: this.log.append(event),
      order: Buffer.from(order).toString('latin1'),
      approvals: bank.approvals(order),
    };
  }

  entered(entry: Unproved): Unproved {
    return { ...entry, index: this.log.append(entry.event) };
  }

  /** What the station refuses of a list under a checkpoint that these cosigned. */
  async shows(
    links: readonly Omit<WitnessLink, 'inclusion'>[],
    entry: Unproved,
    by: readonly NoteSigner[],
    approverSets: readonly ReturnType<typeof setLink>[] = [],
  ): Promise<readonly string[]> {
    const note = this.log.checkpoint();
    const body = note.slice(0, note.lastIndexOf('\n\n') + 1);
    this.#version += 1;
    return this.station.takeList(
      await this.world.list([], {
        version: this.#version,
        approverSets,
        checkpoint: withSignatures(
          note,
          by.map((one) => cosign(body, one, NOW)),
        ),
        witnesses: links.map((one) => ({ ...one, inclusion: this.log.inclusion(one.index) })),
        entries: [{ ...entry, inclusion: this.log.inclusion(entry.index) }],
      }),
    );
  }
}

const bereft = async () => new Bereft(await StationWorld.made());
const fresh = ({ world }: Bereft) => listEntry(world.bank, world.card);

it('trust is added again once two officers let another witness in, and the station saw that the log has it', async () => {
  const it = await bereft();
  const entry = it.entered(fresh(it));
  expect(await it.shows([], entry, [])).toEqual(['ENTRY_NOT_WITNESSED']);
  const link = it.admitted(keyOf(second));
  expect(await it.shows([link], entry, [])).toEqual(['ENTRY_NOT_WITNESSED']); // the new one has not seen it yet
  expect(await it.shows([link], entry, [second])).toEqual([]);
  expect(it.station.accepts(it.world.card.cardKey)).toBe(true);
});

it('whoever was replaced counts no more, however often the order that let him in is shown again', async () => {
  const it = await bereft();
  const entry = it.entered(fresh(it));
  const links = [it.admitted(keyOf(second), null), it.admitted(keyOf(third), second.name)];
  expect(await it.shows(links, entry, [second])).toEqual(['ENTRY_NOT_WITNESSED']);
  expect(await it.shows(links.slice(0, 1), entry, [second])).toEqual(['ENTRY_NOT_WITNESSED']);
  expect(await it.shows([links[1]!, links[0]!], entry, [second])).toEqual(['ENTRY_NOT_WITNESSED']);
  expect(await it.shows(links, entry, [third])).toEqual([]);
});

it('a key that is no witness’s, a name that is taken and one in nobody’s place change nothing', async () => {
  const it = await bereft();
  const entry = it.entered(fresh(it));
  const refusals = [
    it.admitted(keyOf({ ...second, name: WITNESS }), null),
    it.admitted(keyOf(second), 'nobody.test'),
    it.admitted(it.log.key),
  ];
  const codes = [];
  for (const link of refusals) codes.push((await it.shows([link], entry, [second])).at(0));
  expect(codes).toEqual(['WITNESS_KNOWN', 'WITNESS_UNKNOWN', 'BAD_WITNESS_POLICY']);
});

it('what a set approved counts while that set is held: before the next one, and never after it', async () => {
  const follows = async (isSeenInTime: boolean): Promise<readonly string[]> => {
    const it = await bereft();
    const { bank, card } = it.world;
    const set = { ...bank.set, version: 8, previous: bank.setHash };
    const entry = it.entered(listEntry(bank, card, { order: { approverSet: approverSetHash(approverSetBytes(set)) } }));
    const links = [it.admitted(keyOf(second))];
    if (!isSeenInTime) await it.shows([], entry, [], [setLink(bank, set)]);
    return it.shows(links, entry, [second], [setLink(bank, set)]);
  };
  expect(await follows(true)).toEqual([]);
  expect(await follows(false)).toEqual(['ENTRY_NOT_WITNESSED']);
});
