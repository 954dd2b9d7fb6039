/** What is searched for, as terms in the address; and how typed words become terms. */
import { EVENT_TYPES } from '../../words/event-words.ts';
import type { EventsVariables } from './audit.graphql.ts';

export const TERMS = [
  'serial',
  'order',
  'type',
  'room',
  'actor',
  'card',
  'station',
  'unit',
  'certificate',
  'code',
  'stream',
  'day',
  'text',
  'alarm',
] as const;

export type TermName = (typeof TERMS)[number];

export interface Term {
  readonly name: TermName;
  readonly value: string;
}

/** The terms of an address, in the order in which they stand there. */
export function termsOf(query: URLSearchParams): readonly Term[] {
  return [...query].flatMap(([name, value]) => {
    const known = TERMS.find((one) => one === name);
    return known === undefined ? [] : [{ name: known, value }];
  });
}

/** An address of the audit trail. */
export function addressOf(terms: readonly Term[], position: string | null = null): string {
  const query = new URLSearchParams(terms.map(({ name, value }) => [name, value])).toString();
  return `/audit${position === null ? '' : `/${position}`}${query === '' ? '' : `?${query}`}`;
}

export function withTerm(terms: readonly Term[], term: Term): readonly Term[] {
  const others = terms.filter(({ name, value }) => (term.name === 'type' ? value !== term.value : name !== term.name));
  return [...others, term];
}

export type EventFilter = NonNullable<EventsVariables['filter']>;

const DAY_MS = 86_400_000;

export function filterOf(terms: readonly Term[]): EventFilter | null {
  if (terms.length === 0) return null;
  const types = terms.filter(({ name }) => name === 'type').map(({ value }) => value);
  const days = terms.filter(({ name }) => name === 'day').flatMap(({ value }) => dayOf(value));
  const others = terms.filter(({ name }) => name !== 'type' && name !== 'day' && name !== 'alarm');
  return {
    ...Object.fromEntries(others.map(({ name, value }) => [name, value])),
    ...(types.length === 0 ? {} : { types }),
    ...(terms.some(({ name }) => name === 'alarm') ? { alarm: true } : {}),
    ...days[0],
  };
}

function dayOf(value: string): readonly { readonly recordedFrom: string; readonly recordedTo: string }[] {
  const from = Date.parse(`${value}T00:00:00.000Z`);
  if (Number.isNaN(from)) return [];
  return [{ recordedFrom: new Date(from).toISOString(), recordedTo: new Date(from + DAY_MS).toISOString() }];
}

const KINDS: readonly (readonly [RegExp, TermName])[] = [
  [/^ATM-[A-Za-z0-9.-]+$/, 'serial'],
  [/^C-[A-Za-z0-9.-]+$/, 'card'],
  [/^U-[A-Za-z0-9.-]+$/, 'unit'],
  [/^[A-Za-z0-9_-]{43}$/, 'text'],
  [/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/, 'code'],
  [/^\d{4}-\d\d-\d\d$/, 'day'],
  [/^(person|unit|station|reaction|module):.+$/, 'actor'],
];

/** What the typed words may mean, the likeliest first. */
export function guessesOf(typed: string): readonly Term[] {
  const text = typed.trim();
  if (text === '') return [];
  const [, named, value] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  const term = TERMS.find((one) => one === named);
  const types = EVENT_TYPES.filter((type) => type.toLowerCase().includes(text.toLowerCase())).slice(0, 6);
  return [
    ...(term === undefined || value === undefined ? [] : [{ name: term, value }]),
    ...KINDS.flatMap(([pattern, name]) => (pattern.test(text) ? [{ name, value: text }] : [])),
    ...types.map((type) => ({ name: 'type', value: type }) as const),
    { name: 'text', value: text },
  ];
}
