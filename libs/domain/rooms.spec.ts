import { describe, expect, test } from '@jest/globals';
import { approverSetStream } from './approver-set/approver-set.ts';
import { certificateStream } from './certificate/certificate.ts';
import { chipCardStream } from './chip-card/chip-card.ts';
import { logStream } from './log/log.ts';
import { manufacturerStream } from './manufacturer/manufacturer.ts';
import { operatorStream } from './operator/operator.ts';
import { orderStream } from './order/order.ts';
import { personalizationStream } from './personalization/personalization.ts';
import { ROOMS, type RoomName, roomOfStream } from './rooms.ts';
import { securityModuleStream } from './security-module/security-module.ts';
import { sessionStream } from './session/session.ts';
import { signInStream } from './sign-in/sign-in.ts';
import { stationStream } from './station/station.ts';
import { trustListStream } from './trust-list/trust-list.ts';
import { unitStream } from './unit/unit.ts';

const streams: Record<RoomName, string> = {
  log: logStream(),
  'approver-set': approverSetStream(),
  order: orderStream('a'),
  manufacturer: manufacturerStream('r'),
  unit: unitStream('unit-1'),
  station: stationStream('north'),
  'chip-card': chipCardStream('c'),
  'security-module': securityModuleStream('ATM-1'),
  personalization: personalizationStream('a', 'ATM-1'),
  certificate: certificateStream('f'),
  'trust-list': trustListStream('north'),
  session: sessionStream('s'),
  operator: operatorStream('P-1'),
  'sign-in': signInStream('t'),
};

describe('rooms', () => {
  test.each(Object.entries(streams))('the stream of %s is %s', (room, stream) => {
    expect(roomOfStream(stream)).toBe(room);
  });

  test.each(['refusal-1', 'log-2', 'order-', 'orders', ''])('the stream "%s" is of no room', (stream) => {
    expect(roomOfStream(stream)).toBeNull();
  });

  test('no prefix begins with another', () => {
    const prefixes = Object.values(ROOMS).map((room) => room.streamPrefix);
    const clashes = prefixes.filter((one) => prefixes.some((other) => other !== one && other.startsWith(one)));
    expect(clashes).toEqual([]);
  });
});
