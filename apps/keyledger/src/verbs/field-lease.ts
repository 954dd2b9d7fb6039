/** `keyledger custodians lease`: a lease for the field, given by both custodians of a demo beside a running `npm start`. */
import { dirname } from 'node:path';
import { Command } from 'commander';
import { fieldEntriesMax, leaseForTheField } from '#apps/headquarters/src/field-lease.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { Complaint } from '../config.ts';
import { cardAddress } from '../demo/addresses.ts';
import { headquartersConfig } from '../demo/configs.ts';
import { knownDemo } from '../demo/known-demo.ts';
import { CARD } from '../demo/names.ts';
import { demoPeople } from '../demo/people.ts';
import { placesIn } from '../demo/places.ts';
import { type Serving, servingAt } from '../demo/running.ts';
import type { Terminal } from '../terminal.ts';
import { type OnFolder, folderOf, positive, runs } from '../verb.ts';

export interface LeaseOptions {
  readonly folder: string;
  readonly card: string;
  /** Id of an order for this card. */
  readonly order: string;
  readonly entries: number;
}

/** 0: the card keeps it, and the record says so. 1: headquarters or the card refused. */
export async function lease(it: LeaseOptions, terminal: Terminal): Promise<0 | 1> {
  const serving = servingAt(placesIn(it.folder));
  if (serving === null) throw new Complaint('NOT_RUNNING', `Nothing serves ${it.folder}; run npm start beside this.`);
  const bytes = await orderBytes(it, serving.url);
  const refusal = isRefusal(bytes) ? bytes : await given(it, serving, ascii(bytes));
  if (refusal !== null) {
    terminal.warn(`${refusal.code}: ${refusal.message}`);
    terminal.data({ done: false, code: refusal.code, message: refusal.message });
    return 1;
  }
  terminal.line(
    `${it.card} may sign ${it.entries} times in the field; a withdrawal from now on reaches it when it is back.`,
  );
  terminal.data({ done: true, card: it.card, entries: it.entries });
  return 0;
}

function given({ folder, card, entries }: LeaseOptions, serving: Serving, order: Uint8Array): Promise<Refusal | null> {
  const places = placesIn(folder);
  const { founding, genesis } = knownDemo(folder);
  const where = { host: '127.0.0.1', sockets: serving.sockets, nodeEnv: '' };
  const config = headquartersConfig({ places, founding, genesis }, where, {
    platformUrl: serving.url,
    clock: systemClock,
  });
  const allowed = fieldEntriesMax(dirname(places.headquarters.leaseKey));
  const reader = socketReader(() => connectLocal(cardAddress(serving.sockets, card)));
  return leaseForTheField(
    { ...config, fieldEntriesMax: allowed },
    { card, reader, order, entries, pins: demoPeople(places.people).pins },
  );
}

/** A custodian asks for it; the card looks for itself whether it is an order for it. */
async function orderBytes({ folder, order: id }: LeaseOptions, url: string): Promise<string | Refusal> {
  const demo = knownDemo(folder);
  const custodian = demo.personWho(({ roles }) => roles.some((role) => role === 'custodian'));
  if (custodian === null) throw new Complaint('OPERATOR_UNKNOWN', 'The demo has no custodian.');
  const { id: operator, signIn: key } = custodian;
  const session = await signIn({ url, operator, roles: ['custodian'], key, clock: systemClock, genesis: demo.genesis });
  if (isRefusal(session)) return session;
  const client = new PlatformClient({ url, token: () => session.token });
  const asked = 'query ($id: ID!) { order(id: $id) { bytes } }';
  const { order } = await client.ask<{ order: { bytes: string } | null }>(asked, { id }).finally(() => client.close());
  return order?.bytes ?? refuse('ORDER_UNKNOWN', 'No order of this id stands in the record; check the id.');
}

interface Options extends OnFolder {
  readonly card: string;
  readonly order: string;
  readonly entries: number;
}

export function leaseCommand(): Command {
  return new Command('lease')
    .description('let the card sign a few times where nobody can be asked; the record says so before the card knows')
    .requiredOption('--order <id>', 'an order for this card')
    .requiredOption('--entries <n>', 'how many signatures; headquarters/policy.json says how many at most', positive)
    .option('--card <number>', 'the chip card', CARD)
    .option('--data <folder>', 'data folder of a demo; else KEYLEDGER_DATA, else ./data')
    .option('--json', 'one JSON object')
    .action(
      runs((options: Options, { environment, terminal }) =>
        lease({ ...options, folder: folderOf(options, environment) }, terminal),
      ),
    );
}
