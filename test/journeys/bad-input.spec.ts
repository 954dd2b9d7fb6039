/** Bad input over the real API: each one clear refusal with a stable code, recorded where it is guarded, nothing half done. */
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { orderFor, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { keyAt } from '#apps/keyledger/src/demo/found.ts';
import { askForLease } from '#apps/unit/src/lease-request.ts';
import type { World, WrittenOrder } from '#apps/keyledger/src/story/world.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { randomOctets, uuidv7 } from '#libs/kernel/ids.ts';
import { orderId } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { localAddress } from '#libs/local/local-socket.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

let it: HouseInProcess;
let world: World;
let write: (name: string) => WrittenOrder;

beforeAll(async () => {
  it = await houseInProcess();
  ({ world } = it);
  await founding(world);
  const card = await issueCard(world);
  await registerModule(world);
  write = orderFor(world, card);
}, 180_000);

afterAll(() => it?.close());

const REQUEST = { bytes: 'String!', proof: 'ProofInput!' };
const APPROVE = { order: 'ID!', proof: 'ProofInput!' };
const SERIAL = { order: 'ID!', serial: 'String!' };

const refusals = async (): Promise<number> =>
  (await it.events()).filter(({ type }) => type === 'OperationRefused').length;

const tokenOf = async (who: 'anna'): Promise<string> => {
  const person = await world.callers.signedIn(who);
  if (isRefusal(person)) throw new Error(person.code);
  return person.session.token;
};

/** Refused with this code, by one event of its own; the same command again gets the same answer and records nothing. */
async function expectRefused(code: string, attempt: (name: string) => ReturnType<World['attempt']>): Promise<void> {
  const before = await refusals();
  const name = uuidv7();
  const outcome = await attempt(name);
  expect(outcome).toMatchObject({ is: 'refusal', code });
  expect(await world.refusalOf(name)).toMatchObject({ data: { code } });
  expect(await attempt(name)).toEqual(outcome);
  expect(await refusals()).toBe(before + 1);
}

const requestText = (name: string, text: string) => {
  const proof = signDetached('keyledger-approval+jws', utf8(text), world.keyOf('clara'));
  return world.attempt({ by: 'clara', name, operation: 'requestOrder' }, REQUEST, { bytes: text, proof });
};

describe('an order', () => {
  test.each([
    ['NOT_CANONICAL', 'white space', (text: string) => text.replace(',', ', ')],
    ['NOT_JSON', 'a cut end', (text: string) => text.slice(0, -1)],
    ['BAD_SHAPE', 'a member nobody knows', (text: string) => text.replace(/}$/, ',"zzz":1}')],
    ['UNKNOWN_ORDER_KIND', 'another kind', (text: string) => text.replace('"personalize"', '"give-money"')],
    ['TOO_LARGE', 'more than 4 KiB', (text: string) => text.replace(/}$/, `,"zzz":"${'a'.repeat(4200)}"}`)],
    [
      'BAD_WINDOW',
      'a window that ends before it begins',
      (text: string) => text.replace(/"notAfter":\d+/, '"notAfter":1'),
    ],
  ])('is refused with %s for %s', async (code, _what, alter) => {
    const order = write(`bad ${uuidv7()}`);
    await expectRefused(code, (name) => requestText(name, alter(order.text)));
  });

  test('is refused for a duplicate member, of a kind that was recorded a moment ago', async () => {
    const outcome = await requestText(uuidv7(), write('duplicate').text.replace('{', '{"approverSet":"A",'));
    expect(outcome).toMatchObject({ code: 'NOT_CANONICAL' });
  });

  test('of another deployment is refused', async () => {
    const order = write(`foreign ${uuidv7()}`);
    const text = order.text.replace(it.house.deployment.genesis, 'A'.repeat(43));
    await expectRefused('ORDER_OTHER_DEPLOYMENT', (name) => requestText(name, text));
  });

  test('that was altered after it was signed is refused, and so is a stranger’s', async () => {
    const order = write('altered');
    const proof = world.proofBy('clara', order);
    const bytes = order.text.replace('ATM-000013', 'ATM-000014');
    await expectRefused('APPROVAL_SIGNATURE', (name) =>
      world.attempt({ by: 'clara', name, operation: 'requestOrder' }, REQUEST, { bytes, proof }),
    );
    const byBo = world.proofBy('bo', order);
    await expectRefused('NOT_THE_REQUESTER', (name) =>
      world.attempt({ by: 'clara', name, operation: 'requestOrder' }, REQUEST, {
        bytes: order.text,
        proof: byBo,
      }),
    );
  });

  test('that has expired is refused', async () => {
    const order = write('expired');
    const past = Math.floor(Date.now() / 1000) - 100;
    const text = order.text
      .replace(/"notAfter":\d+/, `"notAfter":${past}`)
      .replace(/"notBefore":\d+/, `"notBefore":${past - 100}`);
    await expectRefused('ORDER_EXPIRED', (name) => requestText(name, text));
    expect(orderId(utf8(text))).not.toBe(order.id);
  });
});

describe('an approval', () => {
  test('of an unknown order, by a person without the role, and by a decline in its place is refused', async () => {
    const order = write('approvals');
    await world.requests('clara', order);
    const approve =
      (proof: object, id = order.id) =>
      (name: string) =>
        world.attempt({ by: 'anna', name, operation: 'approveOrder' }, APPROVE, { order: id, proof });
    await expectRefused('ORDER_UNKNOWN', approve(world.proofBy('anna', order), 'A'.repeat(43)));
    await expectRefused('APPROVAL_NOT_APPROVER', approve(world.proofBy('dora', order)));
    const decline = signDetached('keyledger-decline+jws', utf8(order.text), world.keyOf('anna'));
    await expectRefused('APPROVAL_KEY_UNKNOWN', approve(decline));
  });

  test('after a withdrawal is refused, and headquarters then grants no lease', async () => {
    const order = write('withdrawn');
    await world.requests('clara', order);
    const proof = signDetached('keyledger-withdrawal+jws', utf8(order.text), world.keyOf('clara'));
    const withdrawn = await world.attempt({ by: 'clara', name: uuidv7(), operation: 'withdrawOrder' }, APPROVE, {
      order: order.id,
      proof,
    });
    expect(isRefusal(withdrawn)).toBe(false);
    await expectRefused('ORDER_WITHDRAWN', (name) =>
      world.attempt({ by: 'anna', name, operation: 'approveOrder' }, APPROVE, {
        order: order.id,
        proof: world.proofBy('anna', order),
      }),
    );
    const headquarters = localAddress(dirname(it.house.devices.card), 'hq');
    const credential = keyAt(it.house.deployment.places.unit.credential, 'P-256');
    const asked = { card: 'C-0042', challenge: randomOctets(32), unit: 'U-7' };
    expect(await askForLease(headquarters, { ...asked, order: order.id }, credential)).toMatchObject({
      code: 'ORDER_WITHDRAWN',
    });
    const stranger = world.keyOf('bo');
    expect(await askForLease(headquarters, { ...asked, order: 'A'.repeat(43) }, stranger)).toMatchObject({
      code: 'LEASE_REFUSED',
    });
    expect(await askForLease(headquarters, { ...asked, order: 'A'.repeat(43) }, credential)).toHaveProperty('lease');
  });
});

describe('a unit', () => {
  test('is refused an unknown serial, an unknown module, and what another role may do', async () => {
    const order = write('serials');
    await world.requests('clara', order);
    await expectRefused('SERIAL_NOT_IN_ORDER', (name) =>
      world.attempt({ by: 'unit', name, operation: 'takeOrder' }, SERIAL, {
        order: order.id,
        serial: 'ATM-999999',
      }),
    );
    await expectRefused('MODULE_UNKNOWN', (name) =>
      world.attempt({ by: 'unit', name, operation: 'receiveModule' }, { serial: 'String!' }, { serial: 'ATM-999999' }),
    );
    await expectRefused('QUORUM_PERSONS', (name) =>
      world.attempt({ by: 'unit', name, operation: 'reserveModule' }, SERIAL, {
        order: order.id,
        serial: 'ATM-000013',
      }),
    );
  });

  test('does what only a unit may: a person is refused, and the refusal is recorded', async () => {
    const before = await refusals();
    const values = { order: 'A'.repeat(43), serial: 'ATM-000013' };
    const step = { by: 'clara', name: uuidv7(), operation: 'takeOrder' } as const;
    expect(await world.attempt(step, SERIAL, values)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.attempt(step, SERIAL, values)).toMatchObject({ code: 'FORBIDDEN' });
    const nobody = await world.attempt({ ...step, by: 'nobody' }, SERIAL, values);
    expect(nobody).toMatchObject({ code: 'SIGN_IN_NEEDED' });
    expect(await refusals()).toBe(before + 2);
  });
});

test('a command id that is no UUID is refused and records nothing', async () => {
  const before = await refusals();
  const query = `mutation { outcome: approveOrder(id: "x", order: "y", proof: { protected: "a", signature: "b" }) { ... on Refusal { code } } }`;
  const response = await fetch(`${it.house.platformUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('anna')}` },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toEqual({ data: { outcome: { code: 'BAD_COMMAND_ID' } } });
  expect(await refusals()).toBe(before);
});

test('a flood of the same refusal by strangers is recorded once a minute', async () => {
  const before = await refusals();
  const values = { order: 'A'.repeat(43), proof: world.proofBy('anna', write('flood')) };
  for (let tries = 0; tries < 20; tries += 1)
    await world.attempt({ by: 'nobody', name: uuidv7(), operation: 'declineOrder' }, APPROVE, values);
  expect(await refusals()).toBe(before + 1);
});
