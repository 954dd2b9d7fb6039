/** The chip card that an order is about: named in it, or the holder of the key that it names. */
import { useAsk } from '../../api/use-ask.ts';
import { type ReadOrder, textOf } from '../../checks/order.ts';
import { KeyHolder } from './acts.graphql.ts';

/** Empty where it is about none, or nobody holds the key. */
export function useCardOf(order: ReadOrder): string {
  const [card, name] = [textOf(order, 'card'), textOf(order, 'cardKey')];
  const holder = useAsk(KeyHolder, { name }, { pause: card !== '' || name === '' }).data?.keys.edges[0]?.node.holder;
  return card === '' ? cardIn(holder) : card;
}

export function cardIn(holder: string | undefined): string {
  return holder?.startsWith('card:') === true ? holder.slice('card:'.length) : '';
}
