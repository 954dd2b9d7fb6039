/** A station of whoever holds some key: it greets every module, and says yes to whatever it is asked for. */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { pem } from '#libs/certificates/pem.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
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
import type { OwnCertificate } from '#libs/personalization-protocol/tls.ts';
import { DAY, NOW, STATION } from './bank.ts';
import { spkiOfPrivate } from './people.ts';

export interface StationKey {
  readonly organization: string;
  readonly stationKey: KeyObject;
}

/** The self-signed certificate that carries the key through TLS. */
export function stationPems(it: StationKey): OwnCertificate {
  const made = MADE.get(it) ?? newStationPems(it);
  MADE.set(it, made);
  return made;
}

const MADE = new WeakMap<StationKey, OwnCertificate>();

function newStationPems({ organization, stationKey }: StationKey): OwnCertificate {
  const spki = spkiOfPrivate(stationKey);
  const window = { notBefore: NOW - DAY, notAfter: NOW + 3650 * DAY };
  const sign = (tbs: Uint8Array) => signRaw(tbs, stationKey);
  const certificate = stationCertificate({ organization, station: STATION, spki, sign, ...window });
  const keyPem = stationKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { chainPem: pem('CERTIFICATE', certificate), keyPem };
}

/** Until the module is gone. */
export async function serveAs(duplex: Duplex, key: StationKey): Promise<void> {
  const session = await sessionServer(duplex, stationPems(key));
  if (isRefusal(session)) return;
  const line = new FrameLine(session.socket);
  for (let counter = 1; ; counter += 1) {
    const frame = await line.receive(2000);
    const heard = isRefusal(frame) ? frame : parseMessage(frame);
    if (isRefusal(heard)) return line.close();
    const message = replyTo(heard.message, { counter, key });
    if (message !== null)
      await line.send(frameOf({ message, signature: signRaw(signedBytes(message), key.stationKey) }));
  }
}

function replyTo(heard: Message, { counter, key }: { counter: number; key: StationKey }): Message | null {
  const { exporter, module } = heard;
  const station = hashId(spkiOfPrivate(key.stationKey));
  const common = {
    domain: MESSAGE_DOMAIN,
    direction: 'station-to-module',
    exporter,
    counter,
    module,
    station,
  } as const;
  if (heard.type === 'Hello') return { ...common, type: 'Welcome', stationNextKey: toBase64url(new Uint8Array(32)) };
  if (heard.type !== 'AuthorizeWithdrawal') return null;
  const { transaction, amount, currency } = heard;
  return {
    ...common,
    type: 'PayInstruction',
    transaction,
    amount,
    currency,
    pay: 'yes',
    authorization: messageHash(heard),
  };
}
