/** Chapter four: an order for one module, two approvals, and everything that follows without another word. */
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { hashId, spkiOf } from '#libs/kernel/hash.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { OrderSerials } from '#libs/kernel/serials.ts';
import { ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { createPublicKey } from 'node:crypto';
import { randomOctets } from '#libs/kernel/ids.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { keyAt } from '../demo/found.ts';
import { MODULE_CLASS, SERIALS, STATION, UNIT } from '../demo/names.ts';
import { modulePaper } from '../demo/papers.ts';
import type { IssuedCard } from './card.ts';
import { StoryBroken } from './teller.ts';
import type { World, WrittenOrder } from './world.ts';

export const SERIAL = SERIALS[0];
const TEN_YEARS = 10 * 365 * 86_400;

export async function registerModule(world: World): Promise<void> {
  const values = { ...modulePaper(world.house.deployment.places, SERIAL) };
  const event = await world.does(
    { by: 'tom', name: 'register-module', operation: 'registerModule' },
    { identity: 'String!', identityCa: 'String!' },
    values,
  );
  world.teller.tell({
    what: `Security module ${SERIAL} arrives from its manufacturer, with nothing of the customer in it.`,
    who: 'the manufacturer',
    event,
    checked: 'identity certificate under the manufacturer root of the genesis',
  });
}

/** An order to personalize the module of the story, under a name of its own. */
export function orderFor(world: World, { cardKey }: IssuedCard): (name: string) => WrittenOrder {
  return (name) => personalizationOrder(world, { name, cardKey, serials: [SERIAL] });
}

/** An order to personalize modules of the demo's one class, by its one unit, for its one station. */
export function personalizationOrder(
  world: World,
  { name, cardKey, serials }: { readonly name: string; readonly cardKey: string; readonly serials: OrderSerials },
): WrittenOrder {
  const { station } = world.house.deployment.places;
  const hashOf = (file: string) => hashId(spkiOf(createPublicKey(keyAt(file, 'P-256'))));
  const now = world.clock.seconds();
  return world.order(name, 'clara', {
    kind: 'personalize',
    site: 'field',
    moduleClass: MODULE_CLASS,
    cardKey,
    unit: UNIT,
    station: STATION,
    stationKey: hashOf(station.key),
    stationNextKey: hashOf(station.nextKey),
    profile: 'module-operation-1',
    certificateNotBefore: now - 60,
    certificateNotAfter: now + TEN_YEARS,
    serials,
  });
}

export async function personalized(world: World, order: WrittenOrder): Promise<{ fingerprint: string }> {
  await approvedByTwo(world, order);
  const stream = `personalization-${order.id}-${SERIAL}`;
  for (const { type, what, who, checked } of STEPS) {
    const event = await world.event(type, (one) => one.type === type && one.stream === streamOf(type, stream));
    world.teller.tell({ what, who, checked, event });
  }
  const issued = await world.event(
    'CertificateIssued',
    (one) => one.stream === stream && one.type === 'CertificateIssued',
  );
  return issued.data as { fingerprint: string };
}

async function approvedByTwo(world: World, order: WrittenOrder): Promise<void> {
  const octets = Buffer.byteLength(order.text);
  const requested = await world.requests('clara', order);
  tellOrder(
    world,
    requested,
    `Clara asks for ${SERIAL} to be personalized: order ${order.id}.`,
    'Clara',
    `her signature over ${octets} octets of canonical JSON`,
  );
  const first = await world.approves('anna', order);
  tellOrder(
    world,
    first,
    'Anna reads the rendered bytes and signs them.',
    'Anna',
    'person 1 of 2, class A, ES256 over the exact bytes',
  );
  const second = await world.approves('bo', order);
  tellOrder(
    world,
    second,
    'Bo reads the same bytes and signs them.',
    'Bo',
    'person 2 of 2, class A: the order is approved',
  );
}

function tellOrder(world: World, event: StoredEvent, ...[what, who, checked]: readonly [string, string, string]): void {
  world.teller.tell({ what, who, checked, event });
}

/** Where each step of the run is told: the order, the unit, the module, or the run itself. */
function streamOf(type: string, run: string): string {
  const order = run.slice('personalization-'.length, 'personalization-'.length + 43);
  switch (type) {
    case 'PersonalizationReserved':
    case 'ModuleEnteredOperation':
      return `security-module-${SERIAL}`;
    case 'OrderTaken':
    case 'OrderSpent':
      return `order-${order}`;
    case 'LineAttached':
    case 'LineDetached':
      return `unit-${UNIT}`;
    default:
      return run;
  }
}

const STEPS = [
  {
    type: 'OrderTaken',
    what: `Unit ${UNIT} takes the order; the module is reserved for it.`,
    who: `unit ${UNIT}`,
    checked: 'approved, in its window, not spent; one order at a time for one module',
  },
  {
    type: 'LineAttached',
    what: 'The technician plugs the V.24 line into the machine.',
    who: 'T-TOM, technician',
    checked: 'by the unit, which signs each of its reports',
  },
  {
    type: 'ModuleIdentified',
    what: 'The module proves who it is over TLS 1.3.',
    who: `module ${SERIAL}`,
    checked: 'identity certificate under the pinned CA; its serial is the one on the housing',
  },
  {
    type: 'ModuleKeyReceived',
    what: 'The module makes its key pair, from its own entropy and the prescribed salt, and attests it.',
    who: `module ${SERIAL}`,
    checked: 'identity key over order, card, challenge, key and this very TLS session (exporter)',
  },
  {
    type: 'CertificateIssued',
    what: 'The card checks order, approvals, lease and attestation itself, signs the certificate and writes its log.',
    who: 'card C-0042',
    checked: 'the certificate follows bit for bit from the log entry and the module key',
  },
  {
    type: 'CertificateInstalled',
    what: 'The module checks chain, revocation list, order, its own key and the station; it stores all or nothing.',
    who: `module ${SERIAL}`,
    checked: 'the module’s new key signed what it holds',
  },
  {
    type: 'LineDetached',
    what: 'The line is cleared.',
    who: 'T-TOM, technician',
    checked: 'nothing more passes on that session',
  },
  {
    type: 'ModuleEnteredOperation',
    what: 'The module operates.',
    who: `module ${SERIAL}`,
    checked: 'its own signed statement; a reaction to what was installed',
  },
  {
    type: 'OrderSpent',
    what: 'The order is spent on this module, for ever.',
    who: 'the record',
    checked: 'a reaction to the issue; the card remembers it too',
  },
] as const;

/** A second personalization: the record refuses to reserve, and the module itself refuses on the line. */
export async function refusedTwice(world: World, order: WrittenOrder): Promise<void> {
  const name = 'reserve-again';
  const again = await world.attempt(
    { by: 'unit', name: name, operation: 'reserveModule' },
    { order: 'ID!', serial: 'String!' },
    { order: order.id, serial: SERIAL },
  );
  const code = await makeKeyAgain(world, order);
  if (!isRefusal(again) || code !== 'MODULE_OPERATING')
    throw new StoryBroken({
      is: 'refusal',
      code: 'STORY_NOT_REFUSED',
      message: `A second personalization was not refused (${code}).`,
    });
  world.teller.tell({
    what: 'Somebody plugs in again and asks for another key: refused by the module.',
    who: `module ${SERIAL}`,
    event: await world.refusalOf(name),
    checked: `MODULE_OPERATING by the module on its line, ${again.code} by the record`,
  });
}

async function makeKeyAgain(world: World, order: WrittenOrder): Promise<string> {
  const { genesis, manufacturer } = world.house.deployment;
  const duplex = await connectLocal(world.house.devices.lines[SERIAL] ?? '');
  const line = await ModuleLine.open(duplex, {
    serial: SERIAL,
    identityCaSpki: manufacturer.identityCaSpki,
    clock: world.clock,
  });
  if (isRefusal(line)) return line.code;
  const octets = (text: string) => fromBase64url(text) ?? new Uint8Array();
  const made = await line.makeKey({
    genesis: octets(genesis),
    orderHash: octets(order.id),
    cardKey: randomOctets(32),
    challenge: randomOctets(32),
    unitRandom: randomOctets(32),
  });
  line.close();
  return isRefusal(made) ? made.code : 'KEY_MADE';
}
