/**
 * The socket between the ATM that houses a security module and the module: ask its state, ask for a withdrawal. Here it
 * also stands for the inside of the housing, where somebody who opened it sets the jumper (S26d).
 */
import type { Duplex } from 'node:stream';
import { connect } from 'node:net';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, never, refuse } from '#libs/kernel/refusal.ts';
import { type Read, closed, integer, list, name, oneOf, text } from '#libs/kernel/template.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { MODULE_STATES, refusedAnswer } from '#libs/personalization-protocol/messages.ts';
import { connectLocal } from '#libs/local/local-socket.ts';
import type { SecurityModule } from './security-module.ts';

const CONTROL_MS = 60_000;

/** Of a station: `127.0.0.1:port`, or the path of a local socket. */
const address = text(200);

const withdraw = closed({
  type: oneOf('withdraw'),
  station: address,
  account: text(34, /^[A-Z0-9]{4,34}$/),
  amount: integer(1),
  currency: text(3, /^[A-Z]{3}$/),
});
const status = closed({ type: oneOf('status') });
const display = closed({ type: oneOf('display') });
const jumper = closed({ type: oneOf('jumper') });

const withdrawn = closed({
  type: oneOf('withdrawn'),
  transaction: text(22),
  pay: oneOf('yes', 'no'),
  authorization: text(43),
});
const stated = closed({ type: oneOf('stated'), serial: name, state: oneOf(...MODULE_STATES) });
const showing = closed({ type: oneOf('showing'), shown: list(closed({ key: text(40), words: text(60) }), 0, 8) });
const refused = closed({ type: oneOf('Refused'), code: text(48), message: text(300) });

export type WithdrawRequest = Omit<Read<typeof withdraw>, 'type'>;
export type Withdrawn = Read<typeof withdrawn>;
export type Stated = Read<typeof stated>;

/** The network connection to a station; rejects with the system's error when nobody listens. */
export function connectStation(at: string): Promise<Duplex> {
  const tcp = /^(.+):([0-9]{1,5})$/.exec(at);
  if (tcp === null) return connectLocal(at);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(tcp[2]), tcp[1]);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

export type Showing = Read<typeof showing>;

type Asked = Read<typeof display> | Read<typeof withdraw> | Read<typeof status> | Read<typeof jumper>;

function parseControl(frame: Json): Asked | Refusal {
  const asked = status(frame, 'control');
  if (!isRefusal(asked)) return asked;
  const looks = display(frame, 'control');
  if (!isRefusal(looks)) return looks;
  const set = jumper(frame, 'control');
  return isRefusal(set) ? withdraw(frame, 'control') : set;
}

async function control(module: SecurityModule, frame: Json): Promise<Withdrawn | Stated | Showing | Refusal> {
  const asked = parseControl(frame);
  if (isRefusal(asked)) return asked;
  switch (asked.type) {
    case 'status':
      return { type: 'stated', serial: module.serial, state: module.state };
    case 'display':
      return { type: 'showing', shown: module.display() };
    case 'jumper':
      module.intervene();
      return { type: 'stated', serial: module.serial, state: module.state };
    case 'withdraw':
      return withdrawAt(module, asked);
    default:
      return never(asked);
  }
}

async function withdrawAt(module: SecurityModule, asked: WithdrawRequest): Promise<Withdrawn | Refusal> {
  const { station, account, amount, currency } = asked;
  let line: Duplex;
  try {
    line = await connectStation(station);
  } catch {
    return refuse('STATION_UNREACHABLE', 'Nobody listens at the address of the station.');
  }
  const result = await module.withdraw(line, { account, amount, currency });
  if (!isRefusal(result)) return { type: 'withdrawn', ...result };
  line.destroy();
  return result;
}

/** Serves one connection of the ATM's host until it is closed. */
export async function serveControl(module: SecurityModule, duplex: Duplex): Promise<void> {
  const line = new FrameLine(duplex);
  for (;;) {
    const frame = await line.receive(2 ** 31 - 1);
    if (isRefusal(frame)) return;
    const answer = await control(module, frame);
    await line.send(isRefusal(answer) ? { ...refusedAnswer(answer) } : { ...answer });
  }
}

async function askModule<T>(at: string, question: Json, read: (frame: Json) => T | Refusal): Promise<T | Refusal> {
  const line = new FrameLine(await connectLocal(at));
  const frame = await line.ask(question, CONTROL_MS);
  line.close();
  if (isRefusal(frame)) return frame;
  const no = refused(frame, 'answer');
  return isRefusal(no) ? read(frame) : refuse(no.code, no.message);
}

/** The ATM host asks its module for a withdrawal; the ATM pays only on `pay: 'yes'`. */
export function askWithdrawal(controlAddress: string, asked: WithdrawRequest): Promise<Withdrawn | Refusal> {
  return askModule(controlAddress, { type: 'withdraw', ...asked }, (frame) => withdrawn(frame, 'answer'));
}

export function askState(controlAddress: string): Promise<Stated | Refusal> {
  return askModule(controlAddress, { type: 'status' }, (frame) => stated(frame, 'answer'));
}

/** Somebody opened the housing and set the jumper: the state of the module afterwards. */
export function setJumper(controlAddress: string): Promise<Stated | Refusal> {
  return askModule(controlAddress, { type: 'jumper' }, (frame) => stated(frame, 'answer'));
}

/** What the module shows of its own keys. */
export async function askDisplay(controlAddress: string): Promise<Showing['shown'] | Refusal> {
  const answer = await askModule(controlAddress, { type: 'display' }, (frame) => showing(frame, 'answer'));
  return isRefusal(answer) ? answer : answer.shown;
}
