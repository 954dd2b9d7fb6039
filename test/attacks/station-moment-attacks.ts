/**
 * Attacks on what outlives a disabled signing key: each has a station go on with a certificate that was never sealed before
 * the moment that two officers signed. The thief has the card's key, and mostly the whole server.
 */
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { Moment } from '#libs/kernel/disabling-orders.ts';
import { hashId } from '#libs/kernel/hash.ts';
import type { Survivor, TrustListEntry } from '#libs/kernel/trust-list.ts';
import { type Bank, NOW, serverKeys } from '#module-emulator/adversary/bank.ts';
import { BankLog, type SealedEvent, recordedEvent } from '#module-emulator/adversary/bank-log.ts';
import { signs } from '#module-emulator/adversary/people.ts';
import { type Caller, call } from '#module-emulator/adversary/rogue-module.ts';
import type { Unproved } from '#module-emulator/adversary/trust-lists.ts';
import { type StationRow, codeOf } from './station-list-attacks.ts';
import type { StationWorld } from './station-world.ts';

/** A log at one moment. */
export interface At extends Moment {
  readonly note: string;
}

export function at(log: BankLog): At {
  const { size, root } = log;
  return { size, root, note: log.checkpoint() };
}

const momentOf = ({ size, root }: At): Moment => ({ size, root });

/** The record of a certificate, appended to a log as it is or told otherwise. */
export function recorded(world: StationWorld, { certificate }: Caller, change: Partial<SealedEvent> = {}) {
  return recordedEvent({ fingerprint: hashId(certificate), cardKey: world.card.cardKey }, NOW, change);
}

export function proved(log: BankLog, event: SealedEvent, moment: Moment, index: number): Survivor {
  return { event, index, inclusion: log.inclusion(index, moment.size) };
}

interface Shown {
  readonly moment: At;
  readonly survivors: readonly Survivor[];
  readonly order?: Uint8Array;
  readonly approvals?: (bytes: Uint8Array) => readonly Proof[];
}

/** An entry whose key is disabled from a moment on. */
export function disabledFrom({ bank, entry, card }: StationWorld, shown: Shown): Unproved {
  const order = shown.order ?? bank.disableKey(card.cardKey, { checkpoint: momentOf(shown.moment) });
  const approvals = (shown.approvals ?? bank.approvals)(order);
  const disabling: TrustListEntry['disabling'] = {
    order: Buffer.from(order).toString('latin1'),
    approvals,
    checkpoint: shown.moment.note,
    survivors: shown.survivors,
    witnessed: { checkpoint: shown.moment.note, consistency: [] },
  };
  return { ...entry, state: 'deactivated', disabling };
}

/** He calls with a certificate that the stolen key signed, after the station has taken up his lists. */
function outliving(
  check: string,
  attacker: string,
  schemes: (world: StationWorld, stolen: Caller) => readonly Unproved[],
  coveredBy: readonly string[] = [],
): StationRow {
  return {
    check,
    attacker,
    ...(coveredBy.length === 0 ? {} : { coveredBy }),
    strategy: async (world, laws) => {
      const station = await world.station(laws);
      const stolen = world.caller();
      let refused: string | undefined;
      for (const [after, entry] of schemes(world, stolen).entries())
        [refused] = await station.takeList(await world.list([entry], { version: 3 + after }));
      return refused ?? codeOf(await call(station, stolen));
    },
  };
}

/** The log in two states: before the theft, and with the stolen certificate's record in it. */
function theft({ bank: { log } }: { readonly bank: Bank }, event: SealedEvent) {
  const before = at(log);
  const index = log.append(event);
  return { before, after: at(log), index };
}

export const momentAttacks: readonly StationRow[] = [
  outliving(
    'MOMENT_KEY_GONE',
    'owner of the server, who shows an order that was withdrawn for a strict one',
    (world, stolen) => {
      const event = recorded(world, stolen);
      const { after, index } = theft(world, event);
      const strictly: Unproved = { ...world.entry, state: 'deactivated' };
      return [
        strictly,
        disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)] }),
      ];
    },
  ),
  outliving('QUORUM_PERSONS', 'one officer with the server, who chooses the moment alone', (world, stolen) => {
    const event = recorded(world, stolen);
    const { after, index } = theft(world, event);
    const approvals = (bytes: Uint8Array) => [signs(world.bank.people.ada, bytes)];
    const survivors = [proved(world.bank.log, event, after, index)];
    return [disabledFrom(world, { moment: after, survivors, approvals })];
  }),
  outliving(
    'MOMENT_ORDER_KIND',
    'owner of the server, who has the order that trusted the key stand for a moment',
    (world, stolen) => {
      const event = recorded(world, stolen);
      const { after, index } = theft(world, event);
      const order = Uint8Array.from(Buffer.from(world.entry.order, 'latin1'));
      return [disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)], order })];
    },
  ),
  outliving('MOMENT_OTHER_KEY', 'owner of the server, with the later moment of another card', (world, stolen) => {
    const event = recorded(world, stolen);
    const { after, index } = theft(world, event);
    const order = world.bank.disableKey(world.testCard.cardKey, { checkpoint: momentOf(after) });
    return [disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)], order })];
  }),
  outliving('MOMENT_OTHER_CHECKPOINT', 'owner of the server, who moves the moment past the theft', (world, stolen) => {
    const event = recorded(world, stolen);
    const { before, after, index } = theft(world, event);
    const order = world.bank.disableKey(world.card.cardKey, { checkpoint: momentOf(before) });
    return [disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)], order })];
  }),
  outliving(
    'MOMENT_CHECKPOINT',
    'two officers without the server, who sign the root of a log that never was',
    (world, stolen) => {
      const event = recorded(world, stolen);
      const forged = new BankLog(serverKeys().log);
      const index = forged.append(event);
      const moment = at(forged);
      return [disabledFrom(world, { moment, survivors: [proved(forged, event, moment, index)] })];
    },
    ['MOMENT_NOT_WITNESSED'],
  ),
  outliving(
    'MOMENT_NOT_WITNESSED',
    'two officers with the log key, who sign the root of a history that nobody else sees',
    (world, stolen) => {
      const event = recorded(world, stolen);
      const fork = world.bank.log.fork();
      const index = fork.append(event);
      const moment = at(fork);
      return [disabledFrom(world, { moment, survivors: [proved(fork, event, moment, index)] })];
    },
  ),
  outliving(
    'SURVIVOR_EVENT',
    'thief whose certificate was reported and contested before the moment',
    (world, stolen) => {
      const event = recorded(world, stolen, { type: 'CertificateIssued', stream: 'personalization-x' });
      const { after, index } = theft(world, event);
      return [disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)] })];
    },
  ),
  outliving(
    'SURVIVOR_INCLUSION',
    'owner of the server, who records the stolen certificate after the moment',
    (world, stolen) => {
      const event = recorded(world, stolen);
      const { before, after, index } = theft(world, event);
      return [disabledFrom(world, { moment: before, survivors: [proved(world.bank.log, event, after, index)] })];
    },
  ),
  outliving('CERTIFICATE_NOT_SEALED_BEFORE', 'thief of a card who signs after the moment', (world) => {
    const event = recorded(world, world.caller());
    const { after, index } = theft(world, event);
    return [disabledFrom(world, { moment: after, survivors: [proved(world.bank.log, event, after, index)] })];
  }),
];
