/** Chapter three, before the real thing: the same order with one approver, and with one person's two keys. The card refuses. */
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { StoryBroken } from './teller.ts';
import type { World, WrittenOrder } from './world.ts';

export async function refusedByTheCard(world: World, write: (name: string) => WrittenOrder): Promise<void> {
  const one = write('one-approver');
  await world.requests('clara', one);
  await world.approves('anna', one);
  await refusedByPlatform(world, one);
  await tellRefusal(world, await presentAndSign(world, one, [world.proofBy('anna', one)]), {
    what: 'The same order with one approver is taken to the card all the same: refused by the card.',
    who: 'somebody who owns server, unit and laptop',
  });
  const twice = write('two-keys');
  await world.requests('clara', twice);
  await world.approves('anna', twice, 0);
  await tellRefusal(
    world,
    await presentAndSign(world, twice, [world.proofBy('anna', twice, 0), world.proofBy('anna', twice, 1)]),
    {
      what: 'The same order with one person’s two keys: refused by the card.',
      who: 'Anna, with both her keys',
    },
  );
}

/** Before the platform: nobody may take what is not approved, and the refusal is in the log. */
async function refusedByPlatform(world: World, order: WrittenOrder): Promise<void> {
  const name = 'take-unapproved';
  const outcome = await world.attempt(
    { by: 'unit', name: name, operation: 'takeOrder' },
    { order: 'ID!', serial: 'String!' },
    { order: order.id, serial: 'ATM-000013' },
  );
  if (!isRefusal(outcome))
    throw new StoryBroken({
      is: 'refusal',
      code: 'STORY_TAKEN',
      message: 'The platform handed out an unapproved order.',
    });
  world.teller.tell({
    what: 'The unit asks for an order that only one person approved: refused by the platform.',
    who: 'unit U-7',
    event: await world.refusalOf(name),
    checked: `${outcome.code}: ${outcome.message}`,
  });
}

/** The code with which the card refused; a story in which it signs ends here. */
async function presentAndSign(world: World, order: WrittenOrder, approvals: readonly Proof[]): Promise<string> {
  const connection = await socketReader(() => connectLocal(world.house.devices.card)).powerOn();
  const card = new ChipCardClient(connection);
  try {
    const refusal =
      (await card.select()) ??
      (await card.verifyPin('technician', world.house.deployment.people.pins.technician)) ??
      (await card.presentOrder(ascii(order.text)));
    if (refusal !== null) return refusal.code;
    for (const approval of approvals) {
      const no = await card.presentApproval(approval);
      if (no !== null) return no.code;
    }
    const nothing = new Uint8Array();
    const signed = await card.signCertificate({
      attestation: nothing,
      signature: nothing,
      identity: nothing,
      identityCa: nothing,
    });
    return isRefusal(signed) ? signed.code : 'SIGNED';
  } finally {
    await connection.powerOff();
  }
}

function tellRefusal(world: World, code: string, told: { what: string; who: string }): Promise<void> {
  if (code !== 'QUORUM_PERSONS')
    throw new StoryBroken({
      is: 'refusal',
      code: 'STORY_NOT_REFUSED',
      message: `The card should have refused with QUORUM_PERSONS, and said ${code}.`,
    });
  world.teller.tell({ ...told, checked: 'QUORUM_PERSONS: the card counts persons, never keys' });
  return Promise.resolve();
}
