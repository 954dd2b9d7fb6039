/** Every room of the record, by its word: its decider, and how the names of its streams begin. */
import { approverSetDecider } from './approver-set/approver-set.ts';
import { certificateDecider } from './certificate/certificate.ts';
import { chipCardDecider } from './chip-card/chip-card.ts';
import { logDecider } from './log/log.ts';
import { manufacturerDecider } from './manufacturer/manufacturer.ts';
import { operatorDecider } from './operator/operator.ts';
import { orderDecider } from './order/order.ts';
import { personalizationDecider } from './personalization/personalization.ts';
import { securityModuleDecider } from './security-module/security-module.ts';
import { sessionDecider } from './session/session.ts';
import { signInDecider } from './sign-in/sign-in.ts';
import { stationDecider } from './station/station.ts';
import { trustListDecider } from './trust-list/trust-list.ts';
import { unitDecider } from './unit/unit.ts';

/** A prefix that ends in `-` stands before an id; the others are the whole name of the one stream. */
export const ROOMS = {
  log: { decider: logDecider, streamPrefix: 'log' },
  'approver-set': { decider: approverSetDecider, streamPrefix: 'approver-set' },
  order: { decider: orderDecider, streamPrefix: 'order-' },
  manufacturer: { decider: manufacturerDecider, streamPrefix: 'manufacturer-' },
  unit: { decider: unitDecider, streamPrefix: 'unit-' },
  station: { decider: stationDecider, streamPrefix: 'station-' },
  'chip-card': { decider: chipCardDecider, streamPrefix: 'card-' },
  'security-module': { decider: securityModuleDecider, streamPrefix: 'security-module-' },
  personalization: { decider: personalizationDecider, streamPrefix: 'personalization-' },
  certificate: { decider: certificateDecider, streamPrefix: 'certificate-' },
  'trust-list': { decider: trustListDecider, streamPrefix: 'trust-list-' },
  session: { decider: sessionDecider, streamPrefix: 'session-' },
  operator: { decider: operatorDecider, streamPrefix: 'operator-' },
  'sign-in': { decider: signInDecider, streamPrefix: 'sign-in-' },
} as const;

export type RoomName = keyof typeof ROOMS;

export type EventOf<Name extends RoomName> = Parameters<(typeof ROOMS)[Name]['decider']['evolve']>[1];

/** Every event that can ever stand in the log. */
export type RoomEvent = { [Name in RoomName]: EventOf<Name> }[RoomName];

const PREFIXES = (Object.keys(ROOMS) as RoomName[]).map((name) => [name, ROOMS[name].streamPrefix] as const);

/** The room that a stream belongs to; null for a stream of no room, such as a recorded refusal. */
export function roomOfStream(stream: string): RoomName | null {
  for (const [name, prefix] of PREFIXES) if (belongs(stream, prefix)) return name;
  return null;
}

function belongs(stream: string, prefix: string): boolean {
  return prefix.endsWith('-') ? stream.startsWith(prefix) && stream.length > prefix.length : stream === prefix;
}
