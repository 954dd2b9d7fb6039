/** Chapter five: the module operates; then the card's key is suspended and declared compromised, and its modules are shut out. */
import type { StoredEvent } from '#libs/kernel/event.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { askWithdrawal } from '#module-emulator/security-module/control.ts';
import { STATION } from '../demo/names.ts';
import type { IssuedCard } from './card.ts';
import { ANYWHERE } from './founding.ts';
import { SERIAL } from './personalization.ts';
import { StoryBroken } from './teller.ts';
import type { World } from './world.ts';

/** An account number of nobody; it stands in no event, only its HMAC does. */
const ACCOUNT = 'PL61109010140000071219812874';

export async function withdrawal(world: World): Promise<void> {
  const before = await world.lastPosition();
  const known = await world.found((event) => event.type === 'TransactionAuthorized');
  if (known === null) {
    const result = await ask(world);
    if (isRefusal(result) || result.pay !== 'yes')
      throw new StoryBroken({
        is: 'refusal',
        code: isRefusal(result) ? result.code : 'NOT_PAID',
        message: 'The withdrawal was not authorized.',
      });
  }
  const after = known === null ? before : undefined;
  const authorized =
    known ?? (await world.event('TransactionAuthorized', ({ type }) => type === 'TransactionAuthorized', after));
  const established = await world.event(
    'SessionEstablished',
    ({ type, stream }) => type === 'SessionEstablished' && stream === authorized.stream,
  );
  world.teller.tell({
    what: `${SERIAL} connects to station ${STATION} over mutual TLS.`,
    who: `module ${SERIAL} and station ${STATION}`,
    event: established,
    checked: 'each checks the other by what the card signed; the card’s key is on the station’s own list',
  });
  world.teller.tell({
    what: 'A bank card is present and 50.00 EUR are asked for; the station says: pay.',
    who: `module ${SERIAL} and station ${STATION}`,
    event: authorized,
    checked: 'both messages signed, bound to session, direction and counter; the account stands nowhere, only its HMAC',
  });
}

function ask(world: World) {
  const station = world.house.stationAddress;
  return askWithdrawal(world.house.devices.controls[SERIAL] ?? '', {
    station,
    account: ACCOUNT,
    amount: 5000,
    currency: 'EUR',
  });
}

export async function suspended(world: World, { cardKey }: IssuedCard): Promise<void> {
  const order = world.order('suspend', 'anna', { ...ANYWHERE, kind: 'suspend-signing-key', cardKey, reason: 'drill' });
  await world.requests('anna', order);
  const event = await world.does(
    { by: 'anna', name: 'suspend', operation: 'suspendSigningKey' },
    { order: 'ID!' },
    { order: order.id },
  );
  world.teller.tell({
    what: 'Anna suspends the card’s signing key at once.',
    who: 'Anna, alone',
    event,
    checked: 'one officer may take trust away; giving it needs two',
  });
  await enforced(world, event, 'suspended');
}

export async function compromised(world: World, { cardKey }: IssuedCard): Promise<void> {
  const order = world.order('compromise', 'anna', {
    ...ANYWHERE,
    kind: 'compromise-signing-key',
    cardKey,
    reason: 'drill',
  });
  await world.requests('anna', order);
  await world.approves('bo', order);
  const event = await world.does(
    { by: 'bo', name: 'compromise', operation: 'compromiseSigningKey' },
    { order: 'ID!' },
    { order: order.id },
  );
  world.teller.tell({
    what: 'Anna and Bo declare it compromised: final, by NIST SP 800-57.',
    who: 'Anna and Bo',
    event,
    checked: 'two persons over the same bytes',
  });
  await enforced(world, event, 'compromised');
  await shutOut(world, event);
}

async function enforced(world: World, since: StoredEvent, state: string): Promise<void> {
  const event = await world.event('TrustListEnforced', ({ type }) => type === 'TrustListEnforced', since.position);
  world.teller.tell({
    what: `The station has it in force: ${state}.`,
    who: `station ${STATION}`,
    event,
    checked: `${Date.parse(event.recordedAt) - Date.parse(since.recordedAt)} ms after the decision was recorded`,
  });
}

async function shutOut(world: World, since: StoredEvent): Promise<void> {
  const known = await world.found(({ type, position }) => type === 'SessionRefused' && position > since.position);
  const result = known === null ? await ask(world) : null;
  if (result !== null && !isRefusal(result))
    throw new StoryBroken({
      is: 'refusal',
      code: 'STORY_NOT_REFUSED',
      message: 'The station still serves a module of the compromised card.',
    });
  const event = known ?? (await world.event('SessionRefused', ({ type }) => type === 'SessionRefused', since.position));
  world.teller.tell({
    what: `${SERIAL} calls again: refused by the station.`,
    who: `station ${STATION}`,
    event,
    checked: 'SIGNING_KEY_DISABLED: its certificate stands and falls with the card that signed it',
  });
}
