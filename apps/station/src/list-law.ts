/** The station's law of a whole trust list: whose it is, for whom, how fresh, and over which log. */
import type { Seconds } from '#libs/kernel/clock.ts';
import type { Law } from '#libs/kernel/law.ts';
import type { TrustList } from '#libs/kernel/trust-list.ts';

/** A list whose shape was read. */
export interface ListCase {
  readonly list: TrustList;
  readonly signatureHolds: boolean;
  readonly checkpointHolds: boolean;
  readonly genesis: string;
  readonly station: string;
  readonly now: Seconds;
  /** Of the list in force; 0 before the first. */
  readonly versionHeld: number;
  /** Events under the checkpoint of the list, and the most that one in force was ever cosigned over. */
  readonly sealed: number;
  readonly sealedHeld: number;
}

export const listLaw: Law<ListCase> = [
  {
    code: 'LIST_SIGNATURE',
    says: 'The trust list is not signed by the key that this deployment names for lists.',
    holds: (it) => it.signatureHolds,
  },
  {
    code: 'LIST_OTHER_DEPLOYMENT',
    says: 'The trust list belongs to another deployment.',
    holds: (it) => it.list.genesis === it.genesis,
  },
  {
    code: 'LIST_OTHER_STATION',
    says: 'The trust list was made for another station.',
    holds: (it) => it.list.station === it.station,
  },
  {
    code: 'LIST_STALE',
    says: 'The trust list has run out; ask for a fresh one.',
    holds: (it) => it.list.notAfter >= it.now,
  },
  {
    code: 'LIST_VERSION_BACK',
    says: 'The trust list is older than the one in force.',
    holds: (it) => it.list.version >= it.versionHeld,
  },
  {
    code: 'LIST_CHECKPOINT',
    says: 'The checkpoint of the list is not signed by the log key of this deployment.',
    holds: (it) => it.checkpointHolds,
  },
  {
    code: 'LIST_ROLLED_BACK',
    says: 'The log behind the list is shorter than it was: an older copy was restored, and what was taken away since is not in it.',
    holds: (it) => !it.checkpointHolds || it.sealed >= it.sealedHeld,
  },
];
