/**
 * `keyledger custodians …`: what both custodians of a demo do with a chip card at their headquarters, beside a running
 * `npm start`: bring it a later approver set, archive its full log, give the technician a new PIN, or end it for ever.
 */
import { dirname } from 'node:path';
import { Command } from 'commander';
import { archiveCardLog } from '#apps/headquarters/src/archive.ts';
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { Complaint } from '../config.ts';
import { cardAddress } from '../demo/addresses.ts';
import { keyAt } from '../demo/found.ts';
import { knownDemo } from '../demo/known-demo.ts';
import { CARD } from '../demo/names.ts';
import { type DemoPeople, demoPeople } from '../demo/people.ts';
import { placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import type { Terminal } from '../terminal.ts';
import { adoptSets } from './adopt-sets.ts';
import { leaseCommand } from './field-lease.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

interface Options extends OnFolder {
  readonly card: string;
  readonly pin?: string;
}

const ACTS = {
  adopt: 'bring the card every approver set that was adopted since the one it holds; it checks each by itself',
  archive: 'take the log of the card into the archive, so that it has room again',
  unblock: 'give the technician a new PIN and all his tries',
  block: 'end the card for ever: it erases its signing key, and its log stays readable',
} as const;

export type Act = keyof typeof ACTS;

/** 0: done. 1: the card, or headquarters, refused. */
export async function custodians(
  it: { readonly act: Act; readonly folder: string; readonly card: string; readonly pin?: string | undefined },
  terminal: Terminal,
): Promise<0 | 1> {
  knownDemo(it.folder);
  const places = placesIn(it.folder);
  const serving = servingAt(places);
  if (serving === null) throw new Complaint('NOT_RUNNING', `Nothing serves ${it.folder}; run npm start beside this.`);
  const people = demoPeople(places.people);
  const connection = await socketReader(() => connectLocal(cardAddress(serving.sockets, it.card))).powerOn();
  try {
    const card = new ChipCardClient(connection);
    const desk = {
      folder: dirname(places.headquarters.leaseKey),
      leaseKey: keyAt(places.headquarters.leaseKey, 'P-256'),
    };
    const acts = (): Promise<string | Refusal> =>
      it.act === 'adopt'
        ? adopted(card, it, serving.url)
        : acted(card, { act: it.act, pin: it.pin ?? people.pins.technician }, desk);
    return said((await opened(card, people)) ?? (await acts()), terminal);
  } finally {
    await connection.powerOff();
  }
}

async function opened(card: ChipCardClient, { pins }: DemoPeople): Promise<Refusal | null> {
  return (
    (await card.select()) ??
    (await card.verifyPin('custodian1', pins.custodian1)) ??
    (await card.verifyPin('custodian2', pins.custodian2))
  );
}

/** A custodian signs in to hear of the sets; the card believes neither him nor the platform. */
async function adopted(
  card: ChipCardClient,
  it: { readonly folder: string; readonly card: string },
  url: string,
): Promise<string | Refusal> {
  const demo = knownDemo(it.folder);
  const custodian = demo.personWho(({ roles }) => roles.some((role) => role === 'custodian'));
  if (custodian === null) throw new Complaint('OPERATOR_UNKNOWN', 'The demo has no custodian.');
  const { id: operator, signIn: key } = custodian;
  const session = await signIn({ url, operator, roles: ['custodian'], key, clock: systemClock, genesis: demo.genesis });
  if (isRefusal(session)) return session;
  const client = new PlatformClient({ url, token: () => session.token });
  const version = await adoptSets(card, client).finally(() => client.close());
  return isRefusal(version) ? version : `${it.card} holds approver set ${version}.`;
}

async function acted(
  card: ChipCardClient,
  { act, pin }: { readonly act: Exclude<Act, 'adopt'>; readonly pin: string },
  desk: Parameters<typeof archiveCardLog>[1],
): Promise<string | Refusal> {
  if (act === 'archive') {
    const archived = await archiveCardLog(card, desk);
    return isRefusal(archived) ? archived : `${archived.card}: ${archived.entries} entries lie in the archive.`;
  }
  if (act === 'unblock') return (await card.unblock(pin)) ?? 'The technician has a PIN and three tries.';
  return (await card.block()) ?? 'The card is blocked for ever.';
}

function said(outcome: string | Refusal, terminal: Terminal): 0 | 1 {
  if (isRefusal(outcome)) {
    terminal.warn(`${outcome.code}: ${outcome.message}`);
    terminal.data({ done: false, code: outcome.code, message: outcome.message });
    return 1;
  }
  terminal.line(outcome);
  terminal.data({ done: true, says: outcome });
  return 0;
}

export function custodiansCommand(): Command {
  const command = new Command('custodians').description('what both custodians of a demo do with a chip card');
  for (const [act, says] of Object.entries(ACTS) as [Act, string][])
    command
      .command(act)
      .description(says)
      .option('--card <number>', 'the chip card', CARD)
      .option('--pin <digits>', 'with unblock: the new PIN; else the technician’s of the demo')
      .option('--data <folder>', 'data folder of a demo; else KEYLEDGER_DATA, else ./data')
      .option('--json', 'one JSON object')
      .action(
        runs((options: Options, { environment, terminal }) =>
          custodians({ act, folder: folderOf(options, environment), card: options.card, pin: options.pin }, terminal),
        ),
      );
  command.addCommand(leaseCommand());
  return command;
}
