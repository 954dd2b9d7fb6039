/** For every check of the station: the attacker whom it stops, and that he gets through a station without it. */
import { describe, expect, it } from '@jest/globals';
import { stationLaws } from '#apps/station/src/trust.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { call } from '#module-emulator/adversary/rogue-module.ts';
import { listEntry, listOf, signedList } from '#module-emulator/adversary/trust-lists.ts';
import { refusedBy, stationChecks, stationLawsWithout, stationRows } from './station-attacks.ts';
import { at, disabledFrom, proved, recorded } from './station-moment-attacks.ts';
import { link } from './station-set-attacks.ts';
import { StationAt, StationWorld } from './station-world.ts';

describe('S27c S27e a station under attack', () => {
  it('lets an honest module withdraw', async () => {
    const world = await StationWorld.made();
    expect(await call(await world.station(stationLaws), world.caller())).toBe('paid');
  });

  it('trusts a suspended key again by a new order of two persons, a compromised one never', async () => {
    const world = await StationWorld.made();
    const station = await world.station(stationLaws);
    const { cardKey } = world.card;
    const states = async (state: 'suspended' | 'compromised', version: number): Promise<boolean> => {
      await station.takeList(await world.list([{ ...world.entry, state }], { version }));
      await station.takeList(await world.list([listEntry(world.bank, world.card)], { version: version + 1 }));
      return station.accepts(cardKey);
    };
    expect(await states('suspended', 3)).toBe(true);
    expect(await states('compromised', 5)).toBe(false);
  });

  it('S29c disabled from a moment on, lets in what it proved to have been sealed before, and nothing else', async () => {
    const world = await StationWorld.made();
    const station = await world.station(stationLaws);
    const [kept, late] = [world.caller(), world.caller()];
    const { log } = world.bank;
    const event = recorded(world, kept);
    const index = log.append(event);
    const moment = at(log);
    const entry = disabledFrom(world, { moment, survivors: [proved(log, event, moment, index)] });
    log.append(recorded(world, late));
    const calls = async (caller = kept) => {
      const answer = await call(station, caller);
      return answer === 'paid' ? answer : answer.code;
    };
    expect(await station.takeList(await world.list([entry], { version: 3 }))).toEqual([]);
    expect([await calls(), await calls(late)]).toEqual(['paid', 'CERTIFICATE_NOT_SEALED_BEFORE']);
    expect(station.accepts(world.card.cardKey)).toBe(false);
    expect(await station.takeList(await world.list([world.entry], { version: 4 }))).toEqual([]);
    expect(await station.takeList(await world.list([entry], { version: 5 }))).toEqual([]);
    expect([await calls(), await calls(late)]).toEqual(['paid', 'CERTIFICATE_NOT_SEALED_BEFORE']);
    await station.takeList(await world.list([{ ...world.entry, state: 'deactivated' }], { version: 6 }));
    expect(await calls()).toBe('SIGNING_KEY_DISABLED');
    expect(await station.takeList(await world.list([entry], { version: 7 }))).toEqual(['MOMENT_KEY_GONE']);
    expect(await calls()).toBe('SIGNING_KEY_DISABLED');
    await station.takeList(await world.list([{ ...world.entry, state: 'compromised' }], { version: 8 }));
    await station.takeList(await world.list([entry], { version: 9 }));
    expect(await calls()).toBe('SIGNING_KEY_DISABLED');
  });

  it('S31b follows to the set that the one before it approved, and accepts keys under no other', async () => {
    const { bank, card } = await StationWorld.made();
    const set = { ...bank.set, version: 8, previous: bank.setHash };
    const approverSet = approverSetHash(approverSetBytes(set));
    const world = await StationWorld.made();
    const taken = async (order: object, approverSets = [link(bank, set)]): Promise<readonly string[]> => {
      const entry = listEntry(bank, card, { order });
      const list = signedList(listOf(bank, [entry], { approverSets }), bank.server.list);
      return new StationAt(bank, stationLaws).takeList(await list);
    };
    expect(await taken({ approverSet })).toEqual([]);
    expect(await taken({})).toEqual(['ORDER_OTHER_APPROVER_SET']);
    expect(await taken({ approverSet }, [])).toEqual(['ORDER_OTHER_APPROVER_SET']);
    const station = await world.station(stationLaws);
    await station.takeList(
      await world.list([world.entry], {
        version: 3,
        approverSets: [link(world.bank, { ...world.bank.set, version: 8, previous: world.bank.setHash })],
      }),
    );
    expect(station.accepts(world.card.cardKey)).toBe(true);
    const again = { ...world.entry, state: 'suspended' as const };
    await station.takeList(await world.list([again], { version: 4 }));
    expect(await station.takeList(await world.list([listEntry(world.bank, world.card)], { version: 5 }))).toEqual([
      'ORDER_OTHER_APPROVER_SET',
    ]);
  });

  it('has an attacker for every check', () => {
    const met = new Set(stationRows.map(({ check }) => check));
    expect(stationChecks.filter((check) => !met.has(check))).toEqual([]);
    expect([...met].filter((check) => !stationChecks.includes(check))).toEqual([]);
  });

  it.each(stationRows)('$check stops: $attacker', async (row) => {
    const { check, coveredBy = [] } = row;
    expect(await refusedBy(row, stationLaws)).toBe(check);
    const alone = await refusedBy(row, stationLawsWithout([check]));
    expect([null, ...coveredBy]).toContain(alone);
    expect(alone === null).toBe(coveredBy.length === 0);
    expect(await refusedBy(row, stationLawsWithout([check, ...coveredBy]))).toBeNull();
  });
});
