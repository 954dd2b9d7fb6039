/** Chapter one: a deployment is founded, and two persons let a unit and a station in. */
import { createPublicKey } from 'node:crypto';
import { hashId, publicJwk, spkiOf, thumbprint } from '#libs/kernel/hash.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { keyAt } from '../demo/found.ts';
import { STATION, UNIT } from '../demo/names.ts';
import { StoryBroken } from './teller.ts';
import type { World } from './world.ts';

/** Enrolments concern no site and no class of modules. */
export const ANYWHERE = { site: 'headquarters', moduleClass: 'none' } as const;

export async function founding(world: World): Promise<void> {
  const { genesis } = world.house.deployment;
  const founded = await world.event('DeploymentFounded', (event) => event.type === 'DeploymentFounded');
  world.teller.tell({
    what: `A demo deployment is founded; its genesis hash is ${genesis}.`,
    who: 'the founder',
    event: founded,
    checked: 'SHA-256 of the canonical JSON of the first event, pinned by card, station and unit',
  });
  await signedIn(world);
  await enrolUnit(world);
  await enrolStation(world);
}

async function signedIn(world: World): Promise<void> {
  const person = await world.callers.signedIn('clara');
  if (isRefusal(person)) throw new StoryBroken(person);
  const { stream, revision } = person.session.receipt;
  world.teller.tell({
    what: 'Clara signs in as requester, for half an hour; the others do likewise.',
    who: 'Clara',
    event: await world.eventAt(stream, revision ?? ''),
    checked:
      'a fresh challenge signed with a credential that approves nothing; the token is hers, the record has its hash',
  });
}

export async function enrolUnit(world: World): Promise<void> {
  const key = createPublicKey(keyAt(world.house.deployment.places.unit.credential, 'P-256'));
  const credential = publicJwk(key);
  const order = world.order('enrol-unit', 'clara', {
    ...ANYWHERE,
    kind: 'enrol-unit',
    unit: UNIT,
    credential: thumbprint(credential),
  });
  await world.orderedByTwo(order);
  const enrolled = await world.does(
    { by: 'clara', name: 'enrol-unit', operation: 'enrolUnit' },
    { order: 'ID!', credential: 'PublicKeyInput!' },
    {
      order: order.id,
      credential,
    },
  );
  world.teller.tell({
    what: `Personalization unit ${UNIT} is enrolled.`,
    who: 'Clara asks, Anna and Bo approve',
    event: enrolled,
    checked: 'two persons over the same bytes; the credential has the thumbprint in the order',
  });
}

export async function enrolStation(world: World): Promise<void> {
  const { station } = world.house.deployment.places;
  const publicOf = (file: string) => createPublicKey(keyAt(file, 'P-256'));
  const credential = publicJwk(publicOf(station.credential));
  const spki = spkiOf(publicOf(station.key));
  const order = world.order('enrol-station', 'clara', {
    ...ANYWHERE,
    kind: 'enrol-station',
    station: STATION,
    credential: thumbprint(credential),
    stationKey: hashId(spki),
    stationNextKey: hashId(spkiOf(publicOf(station.nextKey))),
  });
  await world.orderedByTwo(order);
  const types = { order: 'ID!', credential: 'PublicKeyInput!', stationSpki: 'String!' };
  const values = { order: order.id, credential, stationSpki: toBase64url(spki) };
  const registered = await world.does(
    { by: 'clara', name: 'enrol-station', operation: 'registerStation' },
    types,
    values,
  );
  world.teller.tell({
    what: `Station ${STATION}, a central system, is registered, and its next key announced.`,
    who: 'Clara asks, Anna and Bo approve',
    event: registered,
    checked: 'both station keys by their hashes in the approved order',
  });
}
