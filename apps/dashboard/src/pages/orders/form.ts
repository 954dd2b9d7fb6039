/** What a form is: what is typed or chosen, the question that drafts the order, and what the order must then say of its own. */
import type { TypedDocumentNode } from '@urql/core';
import type { Json } from '../../checks/canonical.ts';
import type { Drafted } from './device-drafts.graphql.ts';
import type { Field, Said } from './fields.ts';

/** Every question that drafts has its own variables, which the fields of its form give. */
export type DraftQuestion = TypedDocumentNode<{ readonly draft: Drafted }, never>;

/** What the record says of what was chosen, and what follows from what was typed: asked and computed by the page, not by the draft. */
export type Known = Readonly<Record<string, Json>>;

export type Group = 'modules' | 'trust' | 'cards' | 'people' | 'places';

export interface OrderForm {
  readonly group: Group;
  readonly draft: DraftQuestion;
  readonly fields: readonly Field[];
  /** Typed fields that stand in the order under their own names. */
  readonly same: readonly string[];
  /** Members that the order has from the record, or by computation. */
  readonly known: readonly string[];
  /** Field that is typed once more before such an order is signed: it takes something away, or gives it out of hand. */
  readonly confirm?: string;
  readonly site: 'headquarters' | 'field';
}

/** What several forms ask for. */
export const CARD: Field = { name: 'card', type: 'card' };
export const HQ = 'headquarters';

export const because = (...of: readonly string[]): Field => ({ name: 'reason', type: 'oneOf', of });
export const hash = (name: string): Field => ({ name, type: 'hash' });
export const named = (name: string): Field => ({ name, type: 'name' });

export const GROUPS: readonly Group[] = ['modules', 'trust', 'cards', 'people', 'places'];

/** Of every form: where the order counts and how long it may be used. */
export function fieldsOf({ fields, site }: OrderForm): readonly Field[] {
  return [...fields, { name: 'site', type: 'name', first: site }, { name: 'hours', type: 'hours', first: '24' }];
}

/** What the order must say of its own; orders that no module class narrows say `none`. */
export function ownOf({ same, known }: OrderForm, said: Said, facts: Known): Known {
  const from = (names: readonly string[], of: Known): Known =>
    Object.fromEntries(names.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]] as const])));
  return { moduleClass: 'none', ...from(same, said), ...from(known, facts) };
}
