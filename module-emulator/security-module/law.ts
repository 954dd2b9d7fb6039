/**
 * The security module's law: what it demands by itself before a key is born, before it stores a
 * certificate, and before it obeys a station. Whoever owns unit and laptop has to get past each line.
 */
import { type CardChainCase, cardChainLaw } from '#libs/certificates/chain.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import type { Law } from '#libs/kernel/law.ts';
import { type MessageCase, type PayCase, moduleMessageLaw, payLaw } from '#libs/operation-protocol/laws.ts';
import type { RequestOf } from '#libs/personalization-protocol/messages.ts';
import { type ImageCase, imageLaw } from '../sealed-image.ts';
import { type CommandCase, commandLaw } from './command-law.ts';
import { type InstallCase, installLaw } from './install-law.ts';
import type { ModuleMemory, PendingKey } from './module-memory.ts';
import { type ResetCase, resetLaw } from './reset-law.ts';

/** MAKE KEY. */
export interface MakeKeyCase {
  readonly memory: ModuleMemory;
  readonly asked: RequestOf<'MakeKey'>;
}

/** Whether a pending key was born for exactly this order, card and deployment. */
export function samePersonalization(pending: PendingKey, asked: RequestOf<'MakeKey'>): boolean {
  return (
    pending.orderHash === toBase64url(asked.orderHash) &&
    pending.cardKey === toBase64url(asked.cardKey) &&
    pending.genesis === toBase64url(asked.genesis)
  );
}

export const makeKeyLaw: Law<MakeKeyCase> = [
  {
    code: 'MODULE_OTHER_DEPLOYMENT',
    says: 'The module belongs to another deployment since its first personalization.',
    holds: ({ memory, asked }) => memory.genesis === null || memory.genesis === toBase64url(asked.genesis),
  },
  {
    code: 'PENDING_OTHER_ORDER',
    says: 'A key waits for the certificate of another order; finish that order or discard the key.',
    holds: ({ memory, asked }) => memory.pending === null || samePersonalization(memory.pending, asked),
  },
];

/** After the TLS handshake with whoever says that he is the station. */
export interface StationCase {
  /** SPKI hash of the key he proved. */
  readonly stationKey: Uint8Array;
  readonly stored: { readonly stationKey: Uint8Array; readonly stationNextKey: Uint8Array };
}

export const stationLaw: Law<StationCase> = [
  {
    code: 'STATION_UNKNOWN',
    says: 'This is not the station that the module was personalized for.',
    holds: ({ stationKey, stored }) => equal(stationKey, stored.stationKey) || equal(stationKey, stored.stationNextKey),
  },
];

export interface ModuleLaws {
  /** At power-on, when the image is opened. */
  readonly image: Law<ImageCase>;
  readonly command: Law<CommandCase>;
  readonly makeKey: Law<MakeKeyCase>;
  readonly cardChain: Law<CardChainCase>;
  readonly install: Law<InstallCase>;
  readonly reset: Law<ResetCase>;
  readonly station: Law<StationCase>;
  readonly message: Law<MessageCase>;
  readonly pay: Law<PayCase>;
}

export const moduleLaw: ModuleLaws = {
  image: imageLaw,
  command: commandLaw,
  makeKey: makeKeyLaw,
  cardChain: cardChainLaw,
  install: installLaw,
  reset: resetLaw,
  station: stationLaw,
  message: moduleMessageLaw,
  pay: payLaw,
};
