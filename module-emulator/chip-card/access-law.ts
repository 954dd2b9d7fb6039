/** Before any command is looked at: in whose hands the card is, and what life it leads (S06a). */
import type { Instruction, PinOwner } from '#libs/chip-card-protocol/commands.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { CardMemory } from './memory.ts';

export interface AccessCase {
  readonly instruction: Instruction;
  readonly life: CardMemory['life'];
  readonly verified: ReadonlySet<PinOwner>;
}

/** What only both custodians together may do, at headquarters. */
export const AT_HEADQUARTERS: ReadonlySet<Instruction> = new Set([
  'PUT_APPROVER_SET',
  'GENERATE_KEY',
  'PUT_CERTIFICATE',
  'ACTIVATE',
  'ARCHIVE_LOG',
  'UNBLOCK',
  'BLOCK',
]);

/** What is signed in the field. */
export const IN_THE_FIELD: ReadonlySet<Instruction> = new Set(['SIGN_CERTIFICATE', 'SIGN_RESET']);

/** What a blocked card still tells: who it is and what it did. */
export const AFTER_THE_END: ReadonlySet<Instruction> = new Set([
  'SELECT',
  'VERIFY',
  'GET_STATUS',
  'GET_CERTIFICATE',
  'READ_LOG',
  'SIGN_LOG_HEAD',
  'BLOCK',
]);

export function bothCustodians({ verified }: { readonly verified: ReadonlySet<PinOwner> }): boolean {
  return verified.has('custodian1') && verified.has('custodian2');
}

export const accessLaw: Law<AccessCase> = [
  {
    code: 'CUSTODIAN_PINS_NEEDED',
    says: 'Only both custodians together, with their PINs, may do this.',
    holds: (it) => !AT_HEADQUARTERS.has(it.instruction) || bothCustodians(it),
  },
  {
    code: 'PIN_NEEDED',
    says: 'The technician’s PIN opens the card for signing; an order may be presented by the custodians too.',
    holds: (it) => {
      if (it.instruction === 'PRESENT_ORDER') return it.verified.has('technician') || bothCustodians(it);
      return !IN_THE_FIELD.has(it.instruction) || it.verified.has('technician');
    },
  },
  {
    code: 'CARD_NOT_ACTIVE',
    says: 'The card was issued and not activated yet; it signs nothing.',
    holds: (it) => !IN_THE_FIELD.has(it.instruction) || it.life === 'active' || it.life === 'blocked',
  },
  {
    code: 'CARD_BLOCKED',
    says: 'The custodians blocked this card for ever; take another one.',
    holds: (it) => it.life !== 'blocked' || AFTER_THE_END.has(it.instruction),
  },
];
