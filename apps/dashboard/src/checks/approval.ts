/** Whether an approval holds: a signature over exactly the order's bytes, by a key that the approver set names. */
import type { ReadSet, SetKey } from './approver-set.ts';
import { challengeOf } from './challenge.ts';
import { sha256 } from './hash.ts';
import { type Octets, concat, equal, fromBase64url, toBase64url, utf8 } from './octets.ts';

/** A proof as it travels: header and signature, base64url. */
export interface Approval {
  readonly protected: string;
  readonly signature: string;
}

export interface Signer {
  readonly person: string;
  readonly keyClass: string;
  readonly kid: string;
}

const JWS = /^\{"alg":"ES256","kid":"([A-Za-z0-9_-]{43})","typ":"keyledger-approval\+jws"\}$/;
const PASSKEY =
  /^\{"alg":"ES256","authenticatorData":"([A-Za-z0-9_-]+)","clientDataJSON":"([A-Za-z0-9_-]+)","kid":"([A-Za-z0-9_-]{43})","typ":"keyledger-passkey"\}$/;
const USER_VERIFIED = 0x04;

/** Who signed, of those whose signature holds here. */
export async function approvalsOf(
  bytes: string,
  approvals: readonly Approval[],
  set: ReadSet,
): Promise<readonly Signer[]> {
  const signers = await Promise.all(approvals.map((approval) => signerOf(bytes, approval, set)));
  return signers.filter((one) => one !== null);
}

export async function signerOf(bytes: string, approval: Approval, set: ReadSet): Promise<Signer | null> {
  const header = headerOf(approval);
  const kid = JWS.exec(header)?.[1] ?? PASSKEY.exec(header)?.[3];
  for (const { id, keys } of set.persons) {
    const key = keys.find((one) => one.kid === kid);
    if (key === undefined) continue;
    const holds = JWS.test(header) ? await jwsHolds(bytes, approval, key) : await passkeyHolds(bytes, approval, key);
    return holds ? { person: id, keyClass: key.class, kid: key.kid } : null;
  }
  return null;
}

function headerOf(approval: Approval): string {
  const octets = fromBase64url(approval.protected);
  return octets === null ? '' : new TextDecoder().decode(octets);
}

async function jwsHolds(bytes: string, approval: Approval, key: SetKey): Promise<boolean> {
  const signed = utf8(`${approval.protected}.${toBase64url(utf8(bytes))}`);
  return verifies(key, fromBase64url(approval.signature), signed);
}

/** A passkey signs its authenticator's data and the hash of the browser's, in which the order's hash is the challenge. */
async function passkeyHolds(bytes: string, approval: Approval, key: SetKey): Promise<boolean> {
  const [, dataText = '', clientText = ''] = PASSKEY.exec(headerOf(approval)) ?? [];
  const data = fromBase64url(dataText);
  const client = fromBase64url(clientText);
  if (data === null || client === null || data.length < 37 || key.passkey === null) return false;
  const { type, challenge, origin } = JSON.parse(new TextDecoder().decode(client)) as Record<string, unknown>;
  const wanted = toBase64url(await challengeOf('approve', bytes));
  if (type !== 'webauthn.get' || challenge !== wanted || origin !== key.passkey.origin) return false;
  const isVerified = ((data[32] ?? 0) & USER_VERIFIED) !== 0;
  if (!isVerified || !equal(data.slice(0, 32), await sha256(utf8(key.passkey.rpId)))) return false;
  return verifies(key, fromBase64url(approval.signature), concat(data, await sha256(client)));
}

async function verifies({ x, y }: SetKey, signature: Octets | null, signed: Octets): Promise<boolean> {
  if (signature?.length !== 64) return false;
  const how = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, how, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, signed);
}
