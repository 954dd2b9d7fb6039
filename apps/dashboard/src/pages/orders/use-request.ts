/** Sends a request with a signature over exactly the bytes that were shown; a signature that does not hold here is not sent. */
import { useState } from 'react';
import { useClient } from 'urql';
import { useViewer } from '../../api/session.ts';
import { signerOf } from '../../checks/approval.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import type { Proof } from '../../checks/statement.ts';
import { words } from '../../words/words.ts';
import { RequestOrder } from './orders.graphql.ts';
import type { Shown } from './use-drafting.ts';

const text = words.signing.faults;

export interface Requesting {
  readonly isBusy: boolean;
  /** Why not, in a sentence. */
  readonly refused: string | null;
  /** Asks for a proof, and requests the order with it; a sentence in its place says why there is none. */
  readonly request: (signs: () => Promise<Proof | string>) => Promise<void>;
}

/** `done` is told the position of the receipt. */
export function useRequest(
  { order, serials, differences }: Shown,
  set: ReadSet | null,
  done: (position: string | null) => Promise<void>,
): Requesting {
  const client = useClient();
  const { operator } = useViewer();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [id] = useState(() => crypto.randomUUID());

  const send = async (signs: () => Promise<Proof | string>): Promise<string | null> => {
    if (differences.length > 0) return words.asking.otherwise;
    const proof = await signs();
    if (typeof proof === 'string') return proof;
    const signer = set === null ? null : await signerOf(order.bytes, proof, set);
    if (signer?.person !== operator) return text.otherSigner(operator);
    const list = order.kind === 'personalize' ? { serials } : {};
    const variables = { id, bytes: order.bytes, ...list, proof: { ...proof } };
    const { data, error } = await client.mutation(RequestOrder, variables).toPromise();
    if (data == null) return error?.message ?? words.failed.title;
    if (data.outcome.__typename === 'Refusal') return `${data.outcome.code}: ${data.outcome.message}`;
    await done(data.outcome.position);
    return null;
  };

  const request = async (signs: () => Promise<Proof | string>): Promise<void> => {
    setBusy(true);
    setRefused(await send(signs).catch(() => text.noAnswer));
    setBusy(false);
  };
  return { isBusy, refused, request };
}
