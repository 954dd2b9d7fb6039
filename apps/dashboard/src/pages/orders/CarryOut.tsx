/** What is left once an order is approved: an act of people, with what the order names by its hash alone; or the unit's work. */
import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { useGoneSince } from '../../api/connection.ts';
import { useViewer } from '../../api/session.ts';
import { type ReadOrder, listOf, secondsOf, textOf } from '../../checks/order.ts';
import { useNow } from '../../clock.ts';
import { minute } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './AskPage.module.css';
import { ACTS, type Act, type Brought, type ByPeople, broughtFor, isByPeople } from './carry.ts';
import type { Values } from './fields.ts';
import { FORMS } from './forms.ts';
import { useCardOf } from './use-card-of.ts';

const text = words.carry;
const MINUTE_MS = 60_000;

interface CarryOutProps {
  readonly order: ReadOrder;
  readonly state: string;
  readonly again: () => void;
}

export function CarryOut({ order, state, again }: CarryOutProps) {
  const { kind } = order;
  const stations = listOf(order, 'stations');
  // At each of its stations by itself: the first one spends it.
  const isOpen = state === 'approved' || (state === 'spent' && kind === 'trust-signing-key' && stations.length > 1);
  if (!isOpen) return null;
  return (
    <section className={css.carry} id="carry-out">
      <h2>{text.title}</h2>
      {isByPeople(kind) ? (
        <ByHand kind={kind} order={order} again={again} />
      ) : (
        <p className={css.small}>{text.byUnit(textOf(order, 'unit'))}</p>
      )}
    </section>
  );
}

interface ByHandProps {
  readonly kind: ByPeople;
  readonly order: ReadOrder;
  readonly again: () => void;
}

/** Why it cannot be done by the reader now; null where it can. */
function useWhyNot(order: ReadOrder, { roles }: Act): string | null {
  const viewer = useViewer();
  const now = useNow(MINUTE_MS) / 1000;
  if (now > secondsOf(order, 'notAfter')) return text.late;
  if (now < secondsOf(order, 'notBefore')) return text.early;
  if (roles.some((role) => viewer.roles.includes(role))) return null;
  return text.role(roles.map((role) => words.roles[role] ?? role).join(', '));
}

function ByHand({ kind, order, again }: ByHandProps) {
  const act = ACTS[kind];
  const no = useWhyNot(order, act);
  const { send, isBusy, refused, faults } = useCarrying(order, act, again);
  const [values, setValues] = useState<Values>({});
  const [typed, setTyped] = useState('');
  const confirm = useConfirm(kind, order);
  const isLocked = useGoneSince() !== null || isBusy || (confirm !== null && typed.trim() !== confirm);
  const change = (name: string) => (value: string) => setValues({ ...values, [name]: value });
  if (no !== null) return <p className={css.small}>{no}</p>;
  return (
    <>
      <p className={css.small}>
        {text.approved} {text.until(minute(secondsOf(order, 'notAfter')))}
      </p>
      {act.brings.map((name) => (
        <Bring
          key={name}
          name={name}
          value={values[name] ?? ''}
          fault={faults[name]}
          stations={listOf(order, 'stations')}
          change={change(name)}
        />
      ))}
      {confirm !== null && (
        <TextInput
          name="confirm"
          label={words.signing.confirm(confirm)}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      )}
      {refused !== null && (
        <p className={css.refused} role="alert">
          {refused}
        </p>
      )}
      <Button fullWidth disabled={isLocked} loading={isBusy} onClick={() => void send(values)}>
        {text.acts[kind]}
      </Button>
    </>
  );
}

/** What must be typed first: whom or what it takes something from. Null for acts that take nothing away. */
function useConfirm(kind: ByPeople, order: ReadOrder): string | null {
  const card = useCardOf(order);
  const { confirm } = FORMS[kind];
  if (confirm === undefined) return null;
  if (confirm !== 'card') return textOf(order, confirm);
  return card === '' ? textOf(order, 'cardKey').slice(0, 8) : card;
}

function useCarrying(order: ReadOrder, { sends, brings }: Act, again: () => void) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [faults, setFaults] = useState<Values>({});
  const carried = async (values: Values): Promise<string | null> => {
    const brought = await broughtFor(order, brings, values);
    setFaults('faults' in brought ? brought.faults : {});
    if ('faults' in brought) return null;
    const variables = { id: crypto.randomUUID(), order: order.id, ...brought.said };
    const { data, error } = await client.mutation(sends, variables as never).toPromise();
    if (data == null) return error?.message ?? words.failed.title;
    const { outcome } = data;
    return outcome.__typename === 'Refusal' ? `${outcome.code}: ${outcome.message}` : null;
  };
  const send = async (values: Values): Promise<void> => {
    setBusy(true);
    setRefused(await carried(values).catch(() => words.failed.title));
    setBusy(false);
    again();
  };
  return { send, isBusy, refused, faults };
}

interface BringProps {
  readonly name: Brought;
  readonly value: string;
  readonly fault: string | undefined;
  readonly stations: readonly string[];
  readonly change: (value: string) => void;
}

function Bring({ name, value, fault, stations, change }: BringProps) {
  const [label, help] = text.brings[name];
  const common = { name, label, description: help === '' ? undefined : help, error: fault, value };
  if (name === 'station')
    return (
      <NativeSelect
        {...common}
        data={[{ value: '', label: words.asking.prefilled }, ...stations.map((one) => ({ value: one, label: one }))]}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      />
    );
  return (
    <Textarea
      {...common}
      rows={3}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
