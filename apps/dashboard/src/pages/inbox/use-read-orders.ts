/** Orders read out of their bytes, each hashed here; those whose bytes are no order are left out. */
import { useEffect, useState } from 'react';
import { type ReadOrder, readOrder } from '../../checks/order.ts';

export interface Read<Told> {
  readonly told: Told;
  readonly order: ReadOrder;
}

export function useReadOrders<Told extends { readonly bytes: string }>(
  told: readonly Told[] | undefined,
): readonly Read<Told>[] | null {
  const [read, setRead] = useState<readonly Read<Told>[] | null>(null);
  useEffect(() => {
    if (told === undefined) return;
    let isWanted = true;
    const reading = told.map(async (one) => ({ told: one, order: await readOrder(one.bytes) }));
    void Promise.all(reading).then((all) => {
      if (isWanted) setRead(all.flatMap(({ told: one, order }) => (order === null ? [] : [{ told: one, order }])));
    });
    return () => {
      isWanted = false;
    };
  }, [told]);
  return read;
}
