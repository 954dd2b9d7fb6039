/** What there is to choose from in the fields of a form, out of what the platform knows; ◇ nothing of it is signed yet. */
import { canonical } from '../../checks/canonical.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import type { Kind } from '../../words/order-words.ts';
import { inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import type { Option } from './FieldInput.tsx';
import type { Field } from './fields.ts';
import { cardsFor } from './may-ask.ts';
import type { CardOfOrderAnswer, ChoicesAnswer, RadiusOfOrderAnswer } from './orders.graphql.ts';

export interface Offered {
  readonly kind: Kind;
  readonly choices: ChoicesAnswer;
  readonly set: ReadSet | null;
  /** Of the card that is chosen; null before. */
  readonly card: CardOfOrderAnswer['chipCard'];
  readonly radius: RadiusOfOrderAnswer['blastRadius'];
}

const plain = (values: readonly string[]): readonly Option[] => values.map((value) => ({ value, label: value }));

export function optionsFor({ type, of = [] }: Field, it: Offered): readonly Option[] {
  const { choices, set } = it;
  switch (type) {
    case 'card':
      return plain(cardsFor(it.kind, choices));
    case 'unit':
      return plain(choices.units.edges.map(({ node }) => node.unit));
    case 'station':
    case 'stations':
      return plain(choices.stations.edges.map(({ node }) => node.station));
    case 'serial':
      return plain(
        [...(it.kind === 'retire-module' ? choices.delivered.edges : []), ...choices.operating.edges].map(
          ({ node }) => node.serial,
        ),
      );
    case 'serials':
      return plain(choices.delivered.edges.map(({ node }) => node.serial));
    case 'moduleClass':
      return plain([
        ...new Set([...choices.delivered.edges, ...choices.operating.edges].map(({ node }) => node.moduleClass)),
      ]);
    case 'operator':
      return plain(set?.persons.map(({ id }) => id) ?? []);
    case 'custodians':
      return plain(set?.persons.filter(({ roles }) => roles.includes('custodian')).map(({ id }) => id) ?? []);
    case 'roles':
      return Object.entries(words.roles).map(([value, label]) => ({ value, label }));
    case 'oneOf':
      return plain(of);
    case 'root':
      return choices.manufacturerKeys
        .filter(({ withdrawn }) => !withdrawn)
        .map(({ root, manufacturer }) => ({ value: root, label: `${manufacturer ?? ''} ${inFours(root)}`.trim() }));
    case 'instead':
      return [{ value: '', label: words.asking.beside }, ...plain(choices.seal.witnesses.map(({ name }) => name))];
    case 'divergence':
      return alarmsOf(it.card);
    case 'moment':
      return momentsOf(it.radius);
    default:
      return [];
  }
}

/** Those that nobody has said a word about. */
function alarmsOf(card: Offered['card']): readonly Option[] {
  const waiting = card?.divergences.filter(({ healed, review }) => !healed && review === null) ?? [];
  return waiting.map(({ kind: divergence, number, head, sentence }) => ({
    value: canonical({ divergence, number, head }),
    label: sentence,
  }));
}

function momentsOf(radius: Offered['radius']): readonly Option[] {
  const strictly = { value: '', label: words.asking.strict };
  const moment = radius?.checkpoint;
  if (moment == null) return [strictly];
  const { size, root } = moment;
  return [strictly, { value: canonical({ checkpoint: { size, root } }), label: words.asking.fromMoment(size) }];
}
