/** A station on the bench, honest or not, over real TLS: it says what it is told to, and what it signs may be altered. */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { pem } from '#libs/certificates/pem.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import {
  MESSAGE_DOMAIN,
  type Message,
  frameOf,
  messageHash,
  parseMessage,
  signedBytes,
} from '#libs/operation-protocol/messages.ts';
import { stationCertificate } from '#libs/operation-protocol/station-certificate.ts';
import { sessionServer } from '#libs/operation-protocol/tls.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { V24Line } from '#module-emulator/line/v24-line.ts';
import { BENCH_NOW, type ModuleBench, YEAR, keyHashOf, spkiOfPrivate } from './module-bench.ts';

export interface StationTricks {
  /** Default: the station's key that the module was personalized for. */
  readonly key?: KeyObject;
  /** Altered before it is signed: a signer that signs what it is given. */
  readonly beforeSigning?: (message: Message) => Message;
  /** Altered after it was signed: a front end without the key. */
  readonly afterSigning?: (message: Message) => Message;
  readonly pay?: 'yes' | 'no';
  /** What it announces to follow. */
  readonly nextKey?: Uint8Array;
}

export function stationPems(key: KeyObject): { chainPem: string; keyPem: string } {
  const window = { notBefore: BENCH_NOW, notAfter: BENCH_NOW + 20 * YEAR };
  const sign = (tbs: Uint8Array): Uint8Array => signRaw(tbs, key);
  const der = stationCertificate({
    ...window,
    organization: 'Example Bank',
    station: 'CS-1',
    spki: spkiOfPrivate(key),
    sign,
  });
  return { chainPem: pem('CERTIFICATE', der), keyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** Answers Hello with Welcome and every AuthorizeWithdrawal with a PayInstruction, until the session ends. */
export async function serveStation(bench: ModuleBench, duplex: Duplex, tricks: StationTricks = {}): Promise<void> {
  const key = tricks.key ?? bench.stationKey;
  const session = await sessionServer(duplex, stationPems(key));
  if (isRefusal(session)) return;
  const line = new FrameLine(session.socket);
  let counter = 0;
  for (;;) {
    const frame = await line.receive(5000);
    const heard = isRefusal(frame) ? frame : parseMessage(frame);
    if (isRefusal(heard)) return line.close();
    counter += 1;
    const common = {
      domain: MESSAGE_DOMAIN,
      exporter: toBase64url(session.exporter),
      direction: 'station-to-module',
      counter,
      module: heard.message.module,
      station: hashId(spkiOfPrivate(key)),
    } as const;
    const reply = replyTo(heard.message, common, {
      ...tricks,
      nextKey: tricks.nextKey ?? keyHashOf(bench.stationNextKey),
    });
    if (reply !== null) await line.send(signed(reply, key, tricks));
  }
}

type Common = Pick<Message, 'domain' | 'exporter' | 'direction' | 'counter' | 'module' | 'station'>;

function replyTo(
  heard: Message,
  common: Common,
  tricks: StationTricks & { readonly nextKey: Uint8Array },
): Message | null {
  if (heard.type === 'Hello') return { ...common, type: 'Welcome', stationNextKey: toBase64url(tricks.nextKey) };
  if (heard.type !== 'AuthorizeWithdrawal') return null;
  const { transaction, amount, currency } = heard;
  return {
    ...common,
    type: 'PayInstruction',
    transaction,
    amount,
    currency,
    pay: tricks.pay ?? 'yes',
    authorization: messageHash(heard),
  };
}

function signed(reply: Message, key: KeyObject, tricks: StationTricks): Json {
  const message = tricks.beforeSigning?.(reply) ?? reply;
  const signature = signRaw(signedBytes(message), key);
  return frameOf({ message: tricks.afterSigning?.(message) ?? message, signature });
}

/** The network between a module and a station. */
export function network(): { module: Duplex; station: Duplex; cut: () => void } {
  const line = new V24Line({ baud: 0 });
  const { unit, module } = line.attach();
  return { module, station: unit, cut: () => line.detach() };
}
