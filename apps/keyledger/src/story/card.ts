/** Chapter two: a chip card is issued; its signing key is born inside, certified, activated, and trusted by the station. */
import { ChipCardClient, type KeyBirth } from '#libs/chip-card-protocol/client.ts';
import { checkBirth } from '#libs/chip-card-protocol/birth.ts';
import type { CardConnection } from '#libs/chip-card-protocol/reader.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii, fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { hashId, keyFromJwk, keyFromSpki, publicJwk, spkiOf, thumbprint } from '#libs/kernel/hash.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { CAST } from '../demo/people.ts';
import { CARD, STATION } from '../demo/names.ts';
import { cardPaper } from '../demo/papers.ts';
import { ANYWHERE } from './founding.ts';
import { StoryBroken } from './teller.ts';
import type { World, WrittenOrder } from './world.ts';

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

function held<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new StoryBroken(outcome);
  return outcome;
}

/** What other chapters need of the card. */
export interface IssuedCard {
  readonly cardKey: string;
}

/** The story's card, or the one of this number, which lies ready at the custodians' headquarters. */
export async function issueCard(world: World, number: string = CARD): Promise<IssuedCard> {
  const order = orderCard(world, number);
  await world.orderedByTwo(order);
  const { card, born } = await atHeadquarters(world, number, order);
  await activated(world, card);
  await trusted(world, number, born);
  return { cardKey: cardKeyOf(born) };
}

function cardKeyOf({ spki }: KeyBirth): string {
  return thumbprint(publicJwk(keyFromSpki(spki)));
}

/** The device key stands on the paper that the card maker sent along. */
function orderCard(world: World, card: string): WrittenOrder {
  const { deviceKey, enforcement = 'device' } = cardPaper(world.house.deployment.places, card);
  return world.order('issue-card', 'clara', {
    ...ANYWHERE,
    kind: 'issue-card',
    card,
    deviceKey,
    custodians: [CAST.dora.id, CAST.emil.id],
    enforcement,
  });
}

async function atHeadquarters(
  world: World,
  number: string,
  order: WrittenOrder,
): Promise<{ card: OpenCard; born: KeyBirth }> {
  const card = await openForCustodians(world, number);
  const born = await bornIn(world, card);
  const { deviceSpki, deviceSignature } = born;
  const issued = await world.does(
    { by: 'dora', name: 'issue-card', operation: 'issueCard' },
    { order: 'ID!', deviceSpki: 'String!', deviceSignature: 'String!' },
    {
      order: order.id,
      deviceSpki: toBase64url(deviceSpki),
      deviceSignature: toBase64url(deviceSignature),
    },
  );
  world.teller.tell({
    what: `Chip card ${number} is issued to two custodians.`,
    who: 'Clara asks, Anna and Bo approve; Dora and Emil are the custodians',
    event: issued,
    checked: 'neither custodian may approve; the card maker signed the device key that the order names',
  });
  await certified(world, card, born);
  held(await present(card.client, world, order));
  held(await card.client.activate());
  return { card, born };
}

const BIRTH_MEMBERS = ['spki', 'birth', 'birthSignature', 'deviceSpki', 'deviceSignature'] as const;

/** The key's birth as the card first told it: its signature is made anew each time, and a story told on must not differ. */
async function bornIn(world: World, { client }: OpenCard): Promise<KeyBirth> {
  const kept = world.kept('born') ?? wired(held(await client.generateKey()));
  const of = (member: (typeof BIRTH_MEMBERS)[number]) => octets(world.keepObject('born', kept)[member] ?? '');
  return {
    spki: of('spki'),
    birth: of('birth'),
    birthSignature: of('birthSignature'),
    deviceSpki: of('deviceSpki'),
    deviceSignature: of('deviceSignature'),
  };
}

function wired(born: KeyBirth): Record<string, string> {
  return Object.fromEntries(BIRTH_MEMBERS.map((member) => [member, toBase64url(born[member])]));
}

interface OpenCard {
  readonly number: string;
  readonly client: ChipCardClient;
  readonly connection: CardConnection;
}

/** Both custodians' PINs; and, the first time, the pins that the card will hold for ever. */
async function openForCustodians(world: World, number: string): Promise<OpenCard> {
  const { people, genesis, founding, manufacturer } = world.house.deployment;
  const connection = await socketReader(() => connectLocal(world.house.devices.cards[number] ?? '')).powerOn();
  const client = new ChipCardClient(connection);
  held(await client.select());
  held(await client.verifyPin('custodian1', people.pins.custodian1));
  held(await client.verifyPin('custodian2', people.pins.custodian2));
  const { life } = held(await client.status());
  if (life === 'manufactured')
    held(
      await client.putApproverSet({
        genesis: octets(genesis),
        approverSet: utf8(founding.approverSet),
        leaseKeySpki: spkiOf(keyFromJwk(founding.leaseKey)),
        identityCaSpki: manufacturer.identityCaSpki,
        organization: founding.customer,
      }),
    );
  return { number, client, connection };
}

async function certified(world: World, { number, client }: OpenCard, born: KeyBirth): Promise<void> {
  const { genesis, founding, manufacturer, places } = world.house.deployment;
  const { enforcement = 'device' } = cardPaper(places, number);
  const evidence = { ...born };
  const expected = { card: number, cardKeySpki: born.spki, genesis, cardMakerSpki: manufacturer.cardMakerSpki };
  const cardCa = held(
    manufacturer.certifyCard({
      organization: founding.customer,
      card: number,
      spki: born.spki,
      genesis: octets(genesis),
      enforcement,
      notBefore: world.writtenAt('issue-card'),
      notAfter: NO_END,
      checkBirth: () => {
        const birth = checkBirth(evidence, expected);
        return isRefusal(birth) ? birth : null;
      },
    }),
  );
  const certificate = world.keep('card-ca', toBase64url(cardCa));
  held(await client.putCertificate(octets(certificate)));
  const { spki, ...birth } = wired(born);
  const types = { card: 'String!', spki: 'String!', birth: 'BirthInput!', customerCa: 'String!', cardCa: 'String!' };
  const values = { card: number, spki, birth, customerCa: toBase64url(manufacturer.customerCa), cardCa: certificate };
  const event = await world.does({ by: 'dora', name: 'certify-key', operation: 'certifySigningKey' }, types, values);
  world.teller.tell({
    what: 'The signing key is born inside the card, and the manufacturer certifies it.',
    who: `card ${number} and its manufacturer`,
    event,
    checked: 'birth statement by the device key; card CA under the manufacturer root, for this genesis only',
  });
}

async function present(client: ChipCardClient, world: World, order: WrittenOrder): Promise<Refusal | null> {
  return (
    (await client.presentOrder(ascii(order.text))) ??
    (await client.presentApproval(world.proofBy('anna', order))) ??
    (await client.presentApproval(world.proofBy('bo', order)))
  );
}

async function activated(world: World, { number, client, connection }: OpenCard): Promise<void> {
  const head = held(await client.signLogHead(octets(world.house.deployment.genesis).slice(0, 16)));
  await connection.powerOff();
  const kept = world.keepObject('card-head', {
    statement: toBase64url(head.statement),
    signature: toBase64url(head.signature),
  });
  const event = await world.does(
    { by: 'dora', name: 'activate-card', operation: 'activateCard' },
    { card: 'String!', statement: 'String!', signature: 'String!' },
    {
      card: number,
      ...kept,
    },
  );
  world.teller.tell({
    what: `The card checks its own order and both approvals, and becomes active.`,
    who: 'Dora and Emil, with their PINs',
    event,
    checked: 'by the card itself; its log key signed the empty head over this genesis',
  });
}

async function trusted(world: World, card: string, born: KeyBirth): Promise<void> {
  const order = world.order('trust-key', 'clara', {
    ...ANYWHERE,
    kind: 'trust-signing-key',
    card,
    cardKey: cardKeyOf(born),
    birth: hashId(born.birth),
    stations: [STATION],
  });
  await world.orderedByTwo(order);
  const event = await world.does(
    { by: 'clara', name: 'trust-key', operation: 'trustSigningKey' },
    { order: 'ID!', station: 'String!' },
    { order: order.id, station: STATION },
  );
  world.teller.tell({
    what: `Station ${STATION} is told to trust the card's key.`,
    who: 'Clara asks, Anna and Bo approve',
    event,
    checked: 'the order names key, birth statement and station',
  });
  const enforced = await world.event('TrustListEnforced', ({ type }) => type === 'TrustListEnforced', event.position);
  world.teller.tell({
    what: 'The station verifies the entry for itself and lets the key in.',
    who: `station ${STATION}`,
    event: enforced,
    checked: 'approvals and quorum, birth, proof of inclusion in the signed checkpoint; the platform is not believed',
  });
}
