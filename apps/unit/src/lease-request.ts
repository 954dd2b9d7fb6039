/** How a personalization unit asks headquarters for a lease: one signed request, one answer, over a local line. */
import type { KeyObject } from 'node:crypto';
import { ascii, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { type Json, canonicalJson } from '#libs/kernel/canonical-json.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { closed, text } from '#libs/kernel/template.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { connectLocal } from '#libs/local/local-socket.ts';

const ASK_TIMEOUT_MS = 10_000;

export interface LeaseRequest {
  readonly card: string;
  readonly challenge: Uint8Array;
  readonly order: string;
  readonly unit: string;
}

const granted = closed({ lease: text(10_000), signature: text(86) });
const denied = closed({ code: text(48), message: text(300) });

/** What a unit asks of the desk: a lease and its signature for the card's outstanding challenge. */
export async function askForLease(
  address: string,
  asked: LeaseRequest,
  credential: KeyObject,
): Promise<{ lease: Uint8Array; signature: Uint8Array } | Refusal> {
  const line = await connectLocal(address).then(
    (socket) => new FrameLine(socket),
    () => refuse('HEADQUARTERS_SILENT', 'Headquarters cannot be reached, and a card signs nothing without a lease.'),
  );
  if (isRefusal(line)) return line;
  const frame = requestFrame(asked, credential);
  const answer = await line.ask(frame, ASK_TIMEOUT_MS);
  line.close();
  if (isRefusal(answer)) return answer;
  const lease = granted(answer, 'lease');
  if (!isRefusal(lease)) return { lease: octetsOf(lease.lease), signature: octetsOf(lease.signature) };
  const no = denied(answer, 'lease');
  return isRefusal(no) ? no : refuse(no.code, no.message);
}

function octetsOf(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

function requestFrame(asked: LeaseRequest, credential: KeyObject): Json {
  const body = {
    card: asked.card,
    challenge: toBase64url(asked.challenge),
    domain: 'keyledger/lease-request/v1',
    order: asked.order,
    unit: asked.unit,
  };
  const signed = signDetached('keyledger-report+jws', ascii(canonicalJson(body)), credential);
  return { proof: { protected: signed.protected, signature: signed.signature }, request: body };
}
