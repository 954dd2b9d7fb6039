/** From what was typed to an order that can be signed: read, asked for, drafted, and the draft held against what was typed. */
import type { CombinedError } from '@urql/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { useViewer } from '../../api/session.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import { memberText } from '../../checks/canonical.ts';
import { type Difference, differencesOf } from '../../checks/draft.ts';
import { type ReadOrder, readOrder } from '../../checks/order.ts';
import { pinnedGenesis } from '../../checks/pin.ts';
import { nowMs } from '../../clock.ts';
import type { Kind } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import type { Drafted } from './device-drafts.graphql.ts';
import { type Said, type Values, readAll } from './fields.ts';
import { fieldsOf, ownOf } from './form.ts';
import { FORMS } from './forms.ts';
import { knownOf } from './known.ts';

/** An order that was drafted and read here. */
export interface Shown {
  readonly order: ReadOrder;
  /** As the platform calls it. */
  readonly toldId: string;
  /** As they were typed, ascending; none for orders without modules. */
  readonly serials: readonly string[];
  /** Nothing where it says what was asked for. Anything here, and it is not signed. */
  readonly differences: readonly Difference[];
  /** Members that were not typed. */
  readonly fromRecord: readonly string[];
  /** What is typed once more before it is signed; null where nothing is. */
  readonly confirm: string | null;
}

interface Outcome {
  readonly shown: Shown | null;
  readonly faults: Values;
  readonly refused: string | null;
}

const NOTHING: Outcome = { shown: null, faults: {}, refused: null };
const COMPUTED = ['serials', 'profile', 'version', 'set', 'previous', 'root', 'mode'];

export interface Drafting extends Outcome {
  readonly isBusy: boolean;
  readonly draft: (values: Values) => Promise<void>;
  /** What was drafted is no more what is typed. */
  readonly drop: () => void;
}

export function useDrafting(kind: Kind, set: ReadSet | null): Drafting {
  const client = useClient();
  const { operator } = useViewer();
  const [outcome, setOutcome] = useState(NOTHING);
  const [isBusy, setBusy] = useState(false);
  const form = FORMS[kind];

  const drafted = async (values: Values): Promise<Outcome> => {
    const read = await readAll(fieldsOf(form), values);
    if ('faults' in read) return { ...NOTHING, faults: read.faults };
    const { said } = read;
    const found = await knownOf(client, form, said);
    if ('fault' in found) return { ...NOTHING, refused: found.fault };
    const how = { requestPolicy: 'network-only' } as const;
    const { data, error } = await client.query(form.draft, said as never, how).toPromise();
    if (data == null) return { ...NOTHING, refused: sentenceOf(error) };
    const order = await readOrder(data.draft.bytes);
    if (order === null) return { ...NOTHING, refused: words.asking.noOrder };
    const asked = {
      kind,
      genesis: pinnedGenesis() ?? '',
      approverSet: set?.hash ?? '',
      requester: operator,
      site: memberText(said, 'site'),
      hours: Number(said['hours']),
      certificateDays: kind === 'personalize' ? Number(said['certificateDays']) : undefined,
      own: ownOf(form, said, found.known),
    };
    const differences = [...differencesOf(order, asked, nowMs() / 1000), ...otherwise(data.draft, order, said)];
    const fromRecord = form.known.filter((name) => !COMPUTED.includes(name) && name in order.members);
    const confirm = form.confirm === undefined ? null : memberText(said, form.confirm);
    const shown = { order, toldId: data.draft.id, serials: serialsOf(said), differences, fromRecord, confirm };
    return { ...NOTHING, shown };
  };

  const draft = async (values: Values): Promise<void> => {
    setBusy(true);
    setOutcome(await drafted(values).catch(() => ({ ...NOTHING, refused: words.failed.title })));
    setBusy(false);
  };
  return { ...outcome, isBusy, draft, drop: () => setOutcome(NOTHING) };
}

function sentenceOf(error: CombinedError | undefined): string {
  const first = error?.graphQLErrors[0];
  if (first === undefined) return error?.message ?? words.failed.title;
  const { code } = first.extensions;
  return typeof code === 'string' ? `${code}: ${first.message}` : first.message;
}

/** What stands beside the bytes must be theirs as well. */
function otherwise(draft: Drafted, order: ReadOrder, said: Said): readonly Difference[] {
  const id = draft.id === order.id ? [] : [{ member: 'id', asked: order.id, drafted: draft.id }];
  const [asked, drafted] = [serialsOf(said).join(' '), draft.serials.join(' ')];
  return asked === drafted ? id : [...id, { member: 'serials', asked, drafted }];
}

function serialsOf({ serials }: Said): readonly string[] {
  return Array.isArray(serials) ? serials.filter((one) => typeof one === 'string') : [];
}
