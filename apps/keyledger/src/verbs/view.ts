/** `keyledger view`: what an officer's machine holds for true, and how it comes to hold more. */
import { join } from 'node:path';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { saysWords } from '#libs/kernel/words.ts';
import { Complaint } from '../config.ts';
import type { Asks } from '../officer/asking.ts';
import { OfficerDesk } from '../officer/desk.ts';
import { openKey, sheetIn, wordsOf } from '../officer/keys.ts';
import { OfficerView } from '../officer/view.ts';
import type { Terminal } from '../terminal.ts';
import { type Looked, looked } from './display.ts';
import { VIEW_FILE } from './approve.ts';

interface OfficerAt {
  readonly folder: string;
  readonly url: string;
}

async function deskOf({ folder, url }: OfficerAt, genesis: string, asks: Asks): Promise<OfficerDesk | Refusal> {
  const { officer } = sheetIn(folder);
  const key = openKey(folder, 'signIn', await asks(`Passphrase of ${officer}:`));
  return OfficerDesk.open({ url, genesis, operator: officer, role: 'approver', key });
}

/** 0: the view is begun. 1: refused. `genesis` is what he was told by other means than the platform. */
export async function beginView(
  it: OfficerAt & { readonly genesis: string },
  asks: Asks,
  terminal: Terminal,
): Promise<0 | 1> {
  const desk = await deskOf(it, it.genesis, asks);
  if (isRefusal(desk)) return said(terminal, desk);
  try {
    const { founding, links } = await desk.chain();
    const view = OfficerView.begin(join(it.folder, VIEW_FILE), it.genesis, founding);
    if (isRefusal(view)) return said(terminal, view);
    const refusal = view.follow(links);
    if (refusal !== null) return said(terminal, refusal);
    terminal.line(`The view of deployment ${wordsOf(view.genesis)} begins with approver set ${view.approverSet}.`);
    terminal.data({ genesis: view.genesis, approverSet: view.approverSet });
    return 0;
  } finally {
    await desk.close();
  }
}

interface Named {
  readonly card?: string | undefined;
  readonly station?: string | undefined;
}

/** 0: it is in the view. 1: refused, or the words on the device's display are others. `devices` is a folder beside which the device runs: its display is looked at. */
export async function learn(
  it: OfficerAt & Named & { readonly devices?: string | undefined },
  asks: Asks,
  terminal: Terminal,
): Promise<0 | 1> {
  const view = OfficerView.open(join(it.folder, VIEW_FILE));
  const desk = await deskOf(it, view.genesis, asks);
  if (isRefusal(desk)) return said(terminal, desk);
  try {
    const reads = it.devices === undefined ? typed(asks) : read(it.devices, it);
    const learnt =
      it.card === undefined
        ? await learnStation(view, desk, { name: stationIn(it), reads })
        : await learnCard(view, desk, { name: it.card, reads });
    if (learnt !== null) return said(terminal, learnt);
    terminal.line('It is in your view; orders that name it can be approved here.');
    terminal.data({ learnt: it.card ?? it.station });
    return 0;
  } finally {
    await desk.close();
  }
}

function stationIn({ station }: { readonly station?: string | undefined }): string {
  if (station !== undefined) return station;
  throw new Complaint('NOTHING_TO_LEARN', 'Name a card with --card, or a station with --station.');
}

/** The words that the device itself shows for one of its keys. */
type Reads = (key: string, what: string) => Promise<string>;

/** The words are never shown here first: he types what stands on the device, and not what the platform says. */
function typed(asks: Asks): Reads {
  return (_key, what) => asks(`Type the eight words that the device itself shows for ${what}:`);
}

/** The device stands at this machine: it is asked over its own socket. */
function read(folder: string, { card, station = '' }: Named): Reads {
  return async (key) => {
    const at: Looked = {
      folder,
      ...(card === undefined ? { kind: 'station', name: station } : { kind: 'card', name: card }),
    };
    return (await looked(at))?.find((one) => one.key === key)?.words ?? '';
  };
}

interface Learning {
  readonly name: string;
  readonly reads: Reads;
}

async function learnCard(view: OfficerView, desk: OfficerDesk, { name, reads }: Learning): Promise<Refusal | null> {
  const told = await desk.card(name);
  if (told === null) return refuse('CARD_UNKNOWN', 'The platform knows no signing key of a card of this name.');
  const card = view.judgeCard(told);
  if (isRefusal(card)) return card;
  const refusal = await compared(card.cardKey, reads('signing key', `the signing key of card ${name}`));
  if (refusal === null) view.learnCard(card);
  return refusal;
}

async function learnStation(view: OfficerView, desk: OfficerDesk, { name, reads }: Learning): Promise<Refusal | null> {
  const keys = await desk.station(name);
  if (keys === null) return refuse('STATION_UNKNOWN', 'The platform knows no station of this name.');
  const first = await compared(keys.stationKey, reads('station key', `the key of station ${name}`));
  if (first !== null) return first;
  const second = await compared(keys.nextKey, reads('next key', `the next key of station ${name}`));
  if (second === null) view.learnStation({ station: name, ...keys });
  return second;
}

async function compared(hash: string, words: Promise<string>): Promise<Refusal | null> {
  return saysWords(await words, fromBase64url(hash) ?? new Uint8Array(16))
    ? null
    : refuse('WORDS_DIFFER', 'The platform shows another key than the device itself; take nothing in.');
}

function said(terminal: Terminal, { code, message }: Refusal): 1 {
  terminal.warn(`${code}: ${message}`);
  terminal.data({ held: false, code, message });
  return 1;
}

export function showView(folder: string, terminal: Terminal): Promise<0> {
  const view = OfficerView.open(join(folder, VIEW_FILE));
  terminal.line(`Deployment ${view.genesis}: ${wordsOf(view.genesis)}`);
  terminal.line(`Approver set ${view.approverSet}`);
  for (const { card, cardKey } of view.cards) terminal.line(`Card ${card}: ${wordsOf(cardKey)}`);
  for (const { station, stationKey } of view.stations) terminal.line(`Station ${station}: ${wordsOf(stationKey)}`);
  terminal.data({ genesis: view.genesis, approverSet: view.approverSet, cards: view.cards, stations: view.stations });
  return Promise.resolve(0);
}
