/** Says it with a passkey, over exactly the bytes that are shown, and tells what the platform answered. */
import { useState } from 'react';
import { useClient } from 'urql';
import type { Verb } from '../../checks/challenge.ts';
import { passkeyProof } from '../../checks/passkey.ts';
import { words } from '../../words/words.ts';
import { ApproveOrder, DeclineOrder, WithdrawOrder } from './inbox.graphql.ts';

const MUTATIONS = { approve: ApproveOrder, decline: DeclineOrder, withdraw: WithdrawOrder } as const;

interface Deciding {
  readonly decide: (verb: Verb) => Promise<void>;
  readonly isBusy: boolean;
  /** Why not, in a sentence. */
  readonly refused: string | null;
}

export function useDeciding(order: { readonly id: string; readonly bytes: string }, again: () => void): Deciding {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const send = async (verb: Verb): Promise<string | null> => {
    const proof = await passkeyProof(verb, order.bytes);
    if (proof === null) return words.inbox.noneChosen;
    const variables = { id: crypto.randomUUID(), order: order.id, proof: { ...proof } };
    const { data, error } = await client.mutation(MUTATIONS[verb], variables).toPromise();
    if (data == null) return error?.message ?? words.failed.title;
    return data.outcome.__typename === 'Refusal' ? `${data.outcome.code}: ${data.outcome.message}` : null;
  };
  const decide = async (verb: Verb): Promise<void> => {
    setBusy(true);
    setRefused(await send(verb).catch(() => words.inbox.noneChosen));
    setBusy(false);
    again();
  };
  return { decide, isBusy, refused };
}
