/** Whether a person may ask for a kind of order, and why not: by the approver set in force, his roles, and what there is to choose from. */
import type { ReadSet } from '../../checks/approver-set.ts';
import type { Kind } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import { FORMS } from './forms.ts';
import type { ChoicesAnswer } from './orders.graphql.ts';

const text = words.asking.mayNot;

export interface Asker {
  readonly operator: string;
  readonly roles: readonly string[];
}

export interface AskingCase {
  readonly viewer: Asker;
  /** The set in force; null where this browser could not follow the sets to it. */
  readonly set: ReadSet | null;
  readonly choices: ChoicesAnswer;
}

/** What keeps him from it; null where nothing does. */
export function mayNotAsk(kind: Kind, { viewer, set, choices }: AskingCase): string | null {
  return mayNotRequest(viewer, set) ?? (hasRule(set, kind) ? nothingToChoose(kind, choices) : text.noPolicy);
}

/** Of orders of any kind. */
export function mayNotRequest({ operator, roles }: Asker, set: ReadSet | null): string | null {
  if (!roles.includes('requester')) return text.role(holdersOf(set));
  if (set === null) return text.noSet;
  return requests(set, operator) ? null : text.notInSet(set.version);
}

function requests(set: ReadSet, operator: string): boolean {
  return set.persons.some((one) => one.id === operator && one.roles.includes('requester') && one.keys.length > 0);
}

function holdersOf(set: ReadSet | null): string {
  const holders = set?.persons.filter(({ roles }) => roles.includes('requester')) ?? [];
  return holders.map(({ id }) => id).join(', ');
}

function hasRule(set: ReadSet | null, kind: Kind): boolean {
  return set?.policy.some((rule) => rule.kind === kind) === true;
}

function nothingToChoose(kind: Kind, choices: ChoicesAnswer): string | null {
  const types = FORMS[kind].fields.map(({ type }) => type);
  const cards = cardsFor(kind, choices);
  if (types.includes('card') && cards.length === 0)
    return kind === 'retrust-signing-key' ? text.noSuspended : text.noCard;
  if (types.includes('unit') && choices.units.edges.length === 0) return text.noUnit;
  const isForStation = types.includes('station') || types.includes('stations');
  if (isForStation && choices.stations.edges.length === 0) return text.noStation;
  return (kind === 'reset' || kind === 'transfer') && choices.operating.edges.length === 0 ? text.noneOperates : null;
}

/** The chip cards that such an order can be about. */
export function cardsFor(kind: Kind, { chipCards }: ChoicesAnswer): readonly string[] {
  const fits = ({ cardKey, keyState, retired }: (typeof chipCards.edges)[number]['node']): boolean => {
    if (kind === 'retire-card') return !retired;
    if (kind === 'retrust-signing-key') return keyState === 'suspended';
    return cardKey !== null;
  };
  return chipCards.edges
    .map(({ node }) => node)
    .filter(fits)
    .map(({ card }) => card);
}
