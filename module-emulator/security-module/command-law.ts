/** Which commands a security module takes in which state (S16a, S26c). One row per command. */
import type { Law } from '#libs/kernel/law.ts';
import type { ModuleState, RequestType } from '#libs/personalization-protocol/messages.ts';

export interface CommandRow {
  /** Makes or stores what the module operates with: refused once it does. The others tell what is public, or erase. */
  readonly personalizes: boolean;
}

export const COMMANDS: Readonly<Record<RequestType, CommandRow>> = {
  Identify: { personalizes: false },
  MakeKey: { personalizes: true },
  Install: { personalizes: true },
  Discard: { personalizes: true },
  CertificateOf: { personalizes: false },
  ResetNonce: { personalizes: false },
  Reset: { personalizes: false },
  Transfer: { personalizes: false },
  LastReset: { personalizes: false },
};

export interface CommandCase {
  readonly row: CommandRow;
  readonly state: ModuleState;
}

export const commandLaw: Law<CommandCase> = [
  {
    code: 'MODULE_NOT_INITIALIZED',
    says: 'The module has no identity certificate yet; its manufacturer has to load it.',
    holds: (it) => it.state !== 'initialized',
  },
  {
    code: 'MODULE_OPERATING',
    says: 'The module is in the operating state; it takes no further personalization.',
    holds: (it) => it.state !== 'operating' || !it.row.personalizes,
  },
];
