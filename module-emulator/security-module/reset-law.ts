/** RESET and TRANSFER: whose ticket makes a module erase its key (S26e). The quorum was checked by the card that signed it. */
import type { CardAuthority } from '#libs/certificates/authority.ts';
import type { RevocationList } from '#libs/certificates/crl.ts';
import { verifyRaw } from '#libs/certificates/ecdsa.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki } from '#libs/kernel/hash.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { ModuleMemory } from './module-memory.ts';

export interface ResetCase {
  readonly memory: ModuleMemory;
  readonly cardCa: CardAuthority;
  /** Enforcement of the card that certified the key in operation. */
  readonly enforcement: CardAuthority['enforcement'];
  readonly crl: RevocationList;
  readonly crlSignatureHolds: boolean;
  readonly cardRevoked: boolean;
  readonly chainEnds: number;
  readonly floor: number;
  /** The one that the ticket names, and the one outstanding; null where none is. */
  readonly nonce: Uint8Array;
  readonly outstanding: Uint8Array | null;
  /** What the card must have signed: made from this module's own serial and epoch. */
  readonly ticket: Uint8Array;
  readonly signature: Uint8Array;
}

export const resetLaw: Law<ResetCase> = [
  {
    code: 'RESET_NOT_OPERATING',
    says: 'The module does not operate; there is no key in operation to erase.',
    holds: (it) => it.memory.state === 'operating',
  },
  {
    code: 'RESET_NONCE',
    says: 'The ticket answers another nonce; each is good once, and gone when the power is.',
    holds: (it) => it.outstanding !== null && equal(it.nonce, it.outstanding),
  },
  {
    code: 'RESET_OTHER_DEPLOYMENT',
    says: 'The chip card belongs to another deployment than the module.',
    holds: (it) => toBase64url(it.cardCa.genesis) === it.memory.genesis,
  },
  {
    code: 'RESET_OTHER_ENFORCEMENT',
    says: 'Nobody checked the approvals inside this card; a module certified by one that does is reset by such a one.',
    holds: (it) => it.cardCa.enforcement === it.enforcement || it.cardCa.enforcement === 'device',
  },
  {
    code: 'RESET_CRL_SIGNATURE',
    says: 'The revocation list is not signed by the customer signing CA.',
    holds: (it) => it.crlSignatureHolds,
  },
  {
    code: 'RESET_CRL_OLD',
    says: 'The revocation list is older than one that the module has seen; bring the latest.',
    holds: (it) => it.crl.number >= it.memory.crlNumber,
  },
  {
    code: 'RESET_CARD_REVOKED',
    says: 'The chip card stands on the revocation list.',
    holds: (it) => !it.cardRevoked,
  },
  {
    code: 'RESET_CHAIN_ENDED',
    says: 'The chain ended before a time that the module has already verified.',
    holds: (it) => it.chainEnds >= it.floor,
  },
  {
    code: 'RESET_SIGNATURE',
    says: 'The card did not sign this ticket for this module in this epoch.',
    holds: (it) => verifyRaw(it.ticket, it.signature, keyFromSpki(it.cardCa.spki)),
  },
];
