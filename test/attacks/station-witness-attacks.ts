/**
 * Attacks on who witnesses the log: each has a station take up a witness of the attacker's, under whose cosignature he then
 * shows it a log of his own. He has the whole server with its keys, and two officers' signatures under something else.
 */
import { generateKeyPairSync } from 'node:crypto';
import { orderId } from '#libs/kernel/order.ts';
import type { WitnessLink } from '#libs/kernel/trust-list.ts';
import { cosign, withSignatures } from '#libs/seal/cosignature.ts';
import { cosignatureKey } from '#libs/seal/note-key.ts';
import type { NoteSigner } from '#libs/seal/signed-note.ts';
import { DAY, NOW } from '#module-emulator/adversary/bank.ts';
import { type SealedEvent, WITNESS, trustedEvent } from '#module-emulator/adversary/bank-log.ts';
import { listEntry } from '#module-emulator/adversary/trust-lists.ts';
import type { StationRow } from './station-list-attacks.ts';
import { StationAt, type StationWorld } from './station-world.ts';

const rogue: NoteSigner = { name: 'rogue.test', key: generateKeyPairSync('ed25519').privateKey };
const keyOf = ({ name, key }: NoteSigner): string => cosignatureKey(name, key).line;
const ROGUE = keyOf(rogue);
const honest = keyOf({ name: 'second.test', key: generateKeyPairSync('ed25519').privateKey });

interface Plan {
  readonly order: Uint8Array;
  readonly event?: Partial<SealedEvent>;
  /** False leaves the event out of his log. */
  readonly sealed?: boolean;
}

/** `WitnessAdmitted` as the platform would record it. */
export function admittedEvent(witness: string, instead: string | null, order: string): SealedEvent {
  const pattern = trustedEvent({ station: '', cardKey: '', order: '' }, NOW);
  return { ...pattern, stream: 'log', type: 'WitnessAdmitted', data: { witness, instead, order } };
}

/** A log of his own, with an approved entry that nobody else will ever see. */
function admitting(check: string, attacker: string, planned: (world: StationWorld) => Plan): StationRow {
  return {
    check,
    attacker,
    strategy: async (world, laws) => {
      const { order, event: change = {}, sealed = true } = planned(world);
      const entry = listEntry(world.bank, world.card);
      const event = { ...admittedEvent(ROGUE, WITNESS, orderId(order)), ...change };
      world.bank.log.checkpoint(); // what the honest witness has seen
      const fork = world.bank.log.fork();
      const [index, leaf] = [fork.append(sealed ? event : entry.event), fork.append(entry.event)];
      const note = fork.checkpoint();
      const body = note.slice(0, note.lastIndexOf('\n\n') + 1);
      const link: WitnessLink = {
        event,
        index,
        inclusion: fork.inclusion(index),
        order: Buffer.from(order).toString('latin1'),
        approvals: world.bank.approvals(order),
      };
      const station = new StationAt(world.bank, laws);
      const [refused] = await station.takeList(
        await world.list([], {
          checkpoint: withSignatures(note, [cosign(body, rogue, NOW)]),
          witnesses: [link],
          entries: [{ ...entry, index: leaf, inclusion: fork.inclusion(leaf) }],
        }),
      );
      return refused ?? (station.accepts(entry.cardKey) ? null : 'NOT_ACCEPTED');
    },
  };
}

export const witnessAttacks: readonly StationRow[] = [
  admitting(
    'WITNESS_ORDER_KIND',
    'owner of the server with an order that two officers signed for something else',
    ({ bank }) => ({
      order: bank.enrolStation('south'),
    }),
  ),
  admitting('WITNESS_OTHER', 'owner of the server with an order that lets an honest witness in', ({ bank }) => ({
    order: bank.admitWitness(honest),
  })),
  admitting('WITNESS_EVENT', 'owner of the server who has the record say something harmless', ({ bank }) => {
    const order = bank.admitWitness(ROGUE);
    return { order, event: { type: 'CheckpointKeyIntroduced' } };
  }),
  admitting('WITNESS_ORDER_EXPIRED', 'owner of the server with an order that ran out unused', ({ bank }) => ({
    order: bank.admitWitness(ROGUE, WITNESS, {
      notBefore: NOW - 3 * DAY,
      notAfter: NOW - 2 * DAY,
      reportBy: NOW - DAY,
    }),
  })),
  admitting('WITNESS_INCLUSION', 'owner of the server who lets a witness in without a trace', ({ bank }) => ({
    order: bank.admitWitness(ROGUE),
    sealed: false,
  })),
];
