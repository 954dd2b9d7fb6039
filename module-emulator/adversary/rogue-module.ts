/** Whoever calls a station with a certificate and its key, real TLS, and says what he likes. */
import type { KeyObject } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { pem } from '#libs/certificates/pem.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { nonce } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { type AccountOpening, commitmentTo, openingOf } from '#libs/operation-protocol/account.ts';
import {
  MESSAGE_DOMAIN,
  type Message,
  type MessageOf,
  type SignedMessage,
  frameOf,
  parseMessage,
  signedBytes,
} from '#libs/operation-protocol/messages.ts';
import { sessionClient } from '#libs/operation-protocol/tls.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { V24Line } from '../line/v24-line.ts';
import type { AttackedStation } from './attacked-station.ts';
import type { Bank } from './bank.ts';
import { spkiOfPrivate } from './people.ts';

export interface Caller {
  readonly bank: Bank;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly serial: string;
  readonly epoch: number;
}

export interface Calling {
  readonly hello?: Partial<MessageOf<'Hello'>>;
  /** Altered before the caller signs it. */
  readonly asked?: Partial<MessageOf<'AuthorizeWithdrawal'>>;
  /** What goes over the line instead of the request that was signed. */
  readonly instead?: (signed: SignedMessage<MessageOf<'AuthorizeWithdrawal'>>) => SignedMessage;
  readonly opening?: AccountOpening;
  /** How often he asks for the same transaction. */
  readonly times?: number;
}

/** Whether the last answer was to pay, or what refused him. */
export async function call(station: AttackedStation, caller: Caller, calling: Calling = {}): Promise<'paid' | Refusal> {
  const line = new V24Line({ baud: 0 });
  const { unit, module } = line.attach();
  const served = station.serve(unit);
  const chainPem = pem('CERTIFICATE', caller.certificate);
  const session = await sessionClient(module, {
    chainPem,
    keyPem: caller.key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  });
  const got = isRefusal(session)
    ? session
    : await speak(new FrameLine(session.socket), { ...caller, exporter: session.exporter }, calling);
  line.detach();
  await served;
  return got === 'paid' ? got : (refusalIn(station.facts) ?? got);
}

interface Speaking extends Caller {
  readonly exporter: Uint8Array;
}

async function speak(line: FrameLine, caller: Speaking, calling: Calling): Promise<'paid' | Refusal> {
  const common = {
    domain: MESSAGE_DOMAIN,
    exporter: toBase64url(caller.exporter),
    direction: 'module-to-station',
    module: hashId(spkiOfPrivate(caller.key)),
    station: hashId(spkiOfPrivate(caller.bank.stationKey)),
  } as const;
  const { serial, epoch } = caller;
  const hello: Message = { ...common, counter: 1, type: 'Hello', serial, epoch, ...calling.hello };
  const welcome = await line.ask(frameOf(signed(hello, caller.key)), 2000);
  if (isRefusal(welcome)) return welcome;
  const opening = openingOf('DE02120300000000202051');
  const wanted = { transaction: nonce(), account: commitmentTo(opening), amount: 5000, currency: 'EUR' };
  let answer: 'paid' | Refusal = refuse('NOT_ASKED', 'Nothing was asked.');
  for (let time = 0; time < (calling.times ?? 1); time += 1) {
    const asked = { ...common, counter: 2 + time, type: 'AuthorizeWithdrawal', ...wanted, ...calling.asked } as const;
    const genuine = { ...signed(asked, caller.key), opening: calling.opening ?? opening };
    answer = answerIn(await line.ask(frameOf(calling.instead?.(genuine) ?? genuine), 2000));
  }
  return answer;
}

function signed<M extends Message>(message: M, key: KeyObject): SignedMessage<M> {
  return { message, signature: signRaw(signedBytes(message), key) };
}

function answerIn(frame: Parameters<typeof parseMessage>[0] | Refusal): 'paid' | Refusal {
  const read = isRefusal(frame) ? frame : parseMessage(frame);
  if (isRefusal(read)) return read;
  const paid = read.message.type === 'PayInstruction' && read.message.pay === 'yes';
  return paid ? 'paid' : refuse('PAY_NO', 'The station said no.');
}

/** The code that the station recorded last, whichever way it ended the session. */
export function refusalIn(facts: AttackedStation['facts']): Refusal | null {
  const said = facts.map(({ type, data }) => (type === 'SessionClosed' ? data.reason : data.code));
  const code = said.findLast((one) => one !== undefined && one !== 'line-closed' && one !== 'goodbye');
  return typeof code === 'string' ? refuse(code.toUpperCase().replaceAll('-', '_'), 'The station refused.') : null;
}
