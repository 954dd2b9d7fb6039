/** The webhooks of a deployment, as its operator wrote them down beside the record: where to, and the secret to sign with. */
import { Buffer } from 'node:buffer';
import { unusable, writtenByHand } from '../by-hand.ts';

export interface Endpoint {
  readonly url: URL;
  /** 24 to 64 octets. */
  readonly key: Uint8Array;
}

const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;
const MOST = 16;

/** None where there is no such file. Throws one clear sentence, without any secret in it, where it makes no sense. */
export function readEndpoints(file: string): readonly Endpoint[] {
  const written = writtenByHand(file);
  if (written === null) return [];
  const all = written.value;
  if (!Array.isArray(all) || all.length > MOST) throw unusable(file, `it is a list of up to ${MOST} webhooks`);
  return all.map((one: unknown, at) => {
    const { url, secret } = (typeof one === 'object' && one !== null ? one : {}) as { url?: unknown; secret?: unknown };
    const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
    if (address === null || !/^https?:$/.test(address.protocol) || address.username !== '' || address.password !== '')
      throw unusable(file, `the url of webhook ${at + 1} is no http or https address without a user`);
    const [, base64 = ''] = (typeof secret === 'string' ? SECRET.exec(secret) : null) ?? [];
    const key = Uint8Array.from(Buffer.from(base64, 'base64'));
    if (key.length < 24 || key.length > 64)
      throw unusable(file, `the secret of webhook ${at + 1} is not "whsec_" and 24 to 64 octets in base64`);
    return { url: address, key };
  });
}
