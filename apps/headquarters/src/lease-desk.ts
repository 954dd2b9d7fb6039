/**
 * The lease desk at the custodians' headquarters: a chip card has no clock, so this machine tells it the time and
 * which orders were withdrawn. The lease key lies here and never on the platform.
 */
import type { KeyObject } from 'node:crypto';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import type { SetLink } from '#libs/approval/set-chain.ts';
import { type Lease, encodeLease } from '#libs/chip-card-protocol/statements.ts';
import { ascii, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { type Json, canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { Clock } from '#libs/kernel/clock.ts';
import { proof, verifyDetached } from '#libs/kernel/detached-jws.ts';
import type { PublicJwk } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { closed, hash, name, oneOf } from '#libs/kernel/template.ts';
import { FrameLine } from '#libs/personalization-protocol/frame-line.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { listenLocal } from '#libs/local/local-socket.ts';
import { HeldSets } from './held-sets.ts';

export interface HeadquartersConfig {
  /** Address of `localAddress`. */
  readonly address: string;
  readonly leaseKey: KeyObject;
  readonly genesis: string;
  /** The approver set of the founding, canonical text; later ones are followed to, each approved by the one before it. */
  readonly approverSet: string;
  readonly platformUrl: string;
  /** Credentials of the units that may ask. */
  readonly units: Readonly<Record<string, PublicJwk>>;
  readonly clock: Clock;
  /** Folder of what headquarters keeps over a restart; nothing where it is left out. */
  readonly folder?: string;
  /** Most signatures that a card may make under one lease for the field; none where it is left out. */
  readonly fieldEntriesMax?: number;
}

const request = closed({
  card: name,
  challenge: hash,
  domain: oneOf('keyledger/lease-request/v1'),
  order: hash,
  unit: name,
});
const envelope = closed({ proof, request });

const ASK_TIMEOUT_MS = 10_000;

export async function startHeadquarters(
  config: HeadquartersConfig,
): Promise<{ address: string; close: () => Promise<void> }> {
  const desk = deskOf(config);
  const listening = await listenLocal(config.address, (socket) => {
    const line = new FrameLine(socket);
    void serve(line, desk);
  });
  return {
    address: listening.address,
    close: async () => {
      await listening.close();
      await desk.client.close();
    },
  };
}

/** What headquarters works with: its line to the platform, and the newest approver set that it followed to. */
export interface Desk {
  readonly config: HeadquartersConfig;
  readonly client: PlatformClient;
  readonly sets: HeldSets;
}

/** By which it signs in and reports. */
export const HEADQUARTERS = 'headquarters:HQ';

/** Headquarters signs in with the lease key, which the founding names. */
export function deskOf(config: HeadquartersConfig): Desk {
  const client = new PlatformClient({ url: config.platformUrl, token: () => ownToken(config) });
  return { config, client, sets: new HeldSets(config) };
}

function ownToken({ clock, genesis, leaseKey }: HeadquartersConfig): string {
  return bearerToken({ aud: genesis, exp: clock.seconds() + BEARER_LIFE, sub: HEADQUARTERS }, leaseKey);
}

async function serve(line: FrameLine, desk: Desk): Promise<void> {
  const frame = await line.receive(ASK_TIMEOUT_MS);
  if (isRefusal(frame)) return;
  const answer = await grant(frame, desk);
  await line.send(isRefusal(answer) ? { code: answer.code, message: answer.message.replace(/["\\]/g, ' ') } : answer);
  line.close();
}

async function grant(frame: Json, desk: Desk): Promise<Json | Refusal> {
  const { config } = desk;
  const asked = envelope(frame, 'lease request');
  if (isRefusal(asked)) return asked;
  const unit = config.units[asked.request.unit];
  const bytes = ascii(canonicalJson(asked.request));
  if (unit === undefined || !verifyDetached('keyledger-report+jws', bytes, { proof: asked.proof, key: unit }))
    return refuse('LEASE_REFUSED', 'The request for a lease is not signed by a unit that headquarters knows.');
  const withdrawn = await told(desk);
  if (isRefusal(withdrawn)) return withdrawn;
  if (withdrawn.includes(asked.request.order))
    return refuse('ORDER_WITHDRAWN', 'The order was withdrawn; headquarters grants no lease.');
  return leaseFor(asked.request, desk, withdrawn);
}

interface Told {
  readonly withdrawnOrders: readonly string[];
  readonly approverSets: { readonly adopted: readonly (Omit<SetLink, 'order'> & { readonly bytes: string })[] };
}

/**
 * Ids of all orders that were withdrawn; LEASE_PLATFORM_SILENT where nobody tells. The desk moves on to the newest approver
 * set that it can follow to by itself.
 */
export async function told(desk: Desk): Promise<readonly string[] | Refusal> {
  try {
    const { withdrawnOrders, approverSets } = await desk.client.ask<Told>(
      '{ withdrawnOrders approverSets { adopted { document bytes approvals { protected signature } } } }',
    );
    const links = approverSets.adopted.map(({ bytes, ...link }) => ({ ...link, order: bytes }));
    desk.sets.follow(links);
    return withdrawnOrders;
  } catch {
    return refuse(
      'LEASE_PLATFORM_SILENT',
      'Headquarters cannot learn which orders were withdrawn; it grants no lease until it can.',
    );
  }
}

function leaseFor(
  { card, challenge }: { card: string; challenge: string },
  desk: Desk,
  withdrawn: readonly string[],
): Json {
  const { lease, signature } = signedLease({ card, challenge, entries: 1 }, desk, withdrawn);
  return { lease: toBase64url(lease), signature: toBase64url(signature) };
}

export interface SignedLease {
  readonly said: Lease;
  /** Its octets, and the lease key's signature on them. */
  readonly lease: Uint8Array;
  readonly signature: Uint8Array;
}

export function signedLease(
  asked: { readonly card: string; readonly challenge: string; readonly entries: number },
  { config, sets }: Desk,
  withdrawn: readonly string[],
): SignedLease {
  const octets = (text: string) => fromBase64url(text) ?? new Uint8Array(32);
  const said = {
    card: asked.card,
    challenge: octets(asked.challenge),
    time: config.clock.seconds(),
    approverSet: octets(approverSetHash(sets.setBytes)),
    entries: asked.entries,
    withdrawn: withdrawn.map(octets),
  };
  const lease = encodeLease(said);
  return { said, lease, signature: signRaw(lease, config.leaseKey) };
}
