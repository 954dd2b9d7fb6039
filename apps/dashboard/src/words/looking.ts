/** Texts of names, open alarms, and how fresh what stations hold is. */
import { number, plural } from './format.ts';

export const lookingWords = {
  names: {
    note: "◇ names are the platform's word, no evidence",
    machine: ({ called, owner, address }: Readonly<Record<'called' | 'owner' | 'address', string | null>>) =>
      [called, owner === called ? null : owner, address].filter((part) => part !== null).join(', '),
    erased: 'name thrown away',
  },
  alarms: {
    title: 'Open alarms',
    open: (count: number) => (count === 0 ? 'No alarm is open' : plural(count, 'open alarm')),
    lead: 'Each stays here until what is wrong is settled in the record; looking at it takes none away.',
    settled: 'Nothing needs somebody.',
    nothing: 'Refusals and contests of the past stand in the',
    past: 'audit trail, under what needs a look',
    mustLook: 'Who must look',
    todo: 'What to do',
    since: 'Since',
    due: 'Until',
    overdue: 'overdue',
    yours: 'yours to look at',
    event: 'the event',
    overdueCount: (count: number) => (count === 0 ? 'none overdue' : `${number(count)} overdue`),
  },
  fresh: {
    until: (left: string) => `fresh, ${left} left`,
    ranOut: (ago: string) => `ran out ${ago} ago`,
    unknown: 'not asked for since the start',
    label: 'Newest copy',
    goodUntil: 'Good until',
    what: (version: number) =>
      `Version ${number(version)}, fetched by the station itself. Once it has run out, the station lets no module in until it has a newer one.`,
  },
  seal: {
    witness: (size: number, at: string | null) => `cosigned ${number(size)}${at === null ? '' : ` at ${at}`}`,
    problem: (code: string) => `did not cosign: ${code}`,
    of: (some: number, all: number) => `${number(some)} of ${number(all)}`,
    standstill: 'Nothing is decided now.',
    sealedAt: (at: string) => `signed ${at}`,
  },
  leases: {
    title: 'Leases for the field',
    none: 'None was given: online, each signature has a lease of its own.',
    left: (left: number, entries: number) => `${number(left)} of ${number(entries)} signatures left`,
    ended: 'a newer lease took its place',
    window: (from: string, until: string | null) => (until === null ? `from ${from} on` : `${from} to ${until}`),
    behind: (after: number) => `behind entry ${number(after)} of its log`,
    withdrawn: (count: number) => `${plural(count, 'order')} told as withdrawn`,
    newest: (left: number, entries: number) => `${number(left)} of ${number(entries)} left`,
  },
  activity: {
    title: (uses: number, days: number) => `${plural(uses, 'use')} in ${number(days)} days`,
    answer: (refused: number) =>
      refused === 0 ? 'none failed' : `${plural(refused, 'personalization')} for it failed`,
    signed: 'signed',
    refused: 'refused',
  },
  verdicts: {
    equal: 'equal',
    'not read': 'not read yet',
    'missing-upload': 'on its way',
    'rogue-signature': 'rogue signature',
    'cloned-card': 'cloned card',
    'skipped-counter': 'skipped counter',
    'lost-tail': 'lost tail',
    'used-while-disabled': 'used while disabled',
  } as Readonly<Record<string, string>>,
} as const;
