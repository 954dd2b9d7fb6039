/** One form: what is typed at the left; at the right the order that the platform made of it, which the person reads and signs. */
import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useClient } from 'urql';
import { useAsk } from '../../api/use-ask.ts';
import { useViewer } from '../../api/session.ts';
import { Link } from '../../app/Link.tsx';
import type { PageProps } from '../../app/page.ts';
import { go, useQueryTerms } from '../../app/place.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import { Asked } from '../../parts/Asked.tsx';
import { NotFound, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { BackIcon } from '../../parts/icons.tsx';
import { type Kind, isKnownKind } from '../../words/order-words.ts';
import { words } from '../../words/words.ts';
import { useSets } from '../inbox/use-sets.ts';
import css from './AskPage.module.css';
import { SuspendSigningKey } from './carry-out.graphql.ts';
import { DraftedOrder } from './DraftedOrder.tsx';
import { FieldInput } from './FieldInput.tsx';
import type { Values } from './fields.ts';
import { fieldsOf } from './form.ts';
import { FORMS } from './forms.ts';
import { mayNotAsk } from './may-ask.ts';
import { type Offered, optionsFor } from './options.ts';
import { CardOfOrder, Choices, type ChoicesAnswer, RadiusOfOrder, StateOfOrder } from './orders.graphql.ts';
import { useDrafting } from './use-drafting.ts';

const text = words.asking;
/** Takes effect with one officer's signature: it is carried out in the same breath. */
const AT_ONCE: Kind = 'suspend-signing-key';

export function AskPage({ parts }: PageProps) {
  const kind = parts[0] ?? '';
  const asked = useAsk(Choices, {});
  const sets = useSets();
  if (!isKnownKind(kind)) return <NotFound />;
  return (
    <div className={css.page}>
      <p className={css.back}>
        <Link to="/orders/new">
          <BackIcon size={16} /> {text.back}
        </Link>
      </p>
      <PageHead title={text.kinds[kind].name} under={text.kinds[kind].says} />
      <Asked asked={asked}>
        {(choices) =>
          sets !== null && <Allowed key={kind} kind={kind} set={[...sets.values()].at(-1) ?? null} choices={choices} />
        }
      </Asked>
    </div>
  );
}

interface AllowedProps {
  readonly kind: Kind;
  readonly set: ReadSet | null;
  readonly choices: ChoicesAnswer;
}

function Allowed(props: AllowedProps) {
  const no = mayNotAsk(props.kind, { viewer: useViewer(), ...props });
  return no === null ? <Form {...props} /> : <Notice title={no} />;
}

/** What the address says, then what the form begins with. */
function useFirst(kind: Kind): Values {
  const terms = useQueryTerms();
  return Object.fromEntries(fieldsOf(FORMS[kind]).map(({ name, first = '' }) => [name, terms.get(name) ?? first]));
}

function Form({ kind, set, choices }: AllowedProps) {
  const first = useFirst(kind);
  const [typed, setTyped] = useState<Values>({});
  const drafting = useDrafting(kind, set);
  const offered = useOffered({ kind, set, choices }, typed['card'] ?? first['card'] ?? '');
  const newest = useNewest(offered);
  const values: Values = { ...first, ...newest, ...typed };
  const done = useDone(kind, values['card'] ?? '');
  const change = (name: string) => (value: string) => {
    setTyped({ ...typed, [name]: value });
    drafting.drop();
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void drafting.draft(values);
  };
  return (
    <div className={css.columns}>
      <form className={css.form} onSubmit={send} noValidate>
        {fieldsOf(FORMS[kind]).map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            fault={drafting.faults[field.name]}
            options={optionsFor(field, offered)}
            change={change(field.name)}
          />
        ))}
        {offered.radius !== null && (
          <ShutOut signingKey={offered.card?.cardKey ?? ''} moment={values['checkpoint'] ?? ''} />
        )}
        {drafting.refused !== null && (
          <p className={css.refused} role="alert">
            {drafting.refused}
          </p>
        )}
        <Button type="submit" loading={drafting.isBusy}>
          {text.show}
        </Button>
      </form>
      {drafting.shown !== null && (
        <DraftedOrder shown={drafting.shown} set={set} atOnce={kind === AT_ONCE} done={done(drafting.shown.order.id)} />
      )}
    </div>
  );
}

/** The choices, and what hangs on the card that was chosen where the form asks about that. */
function useOffered(given: AllowedProps, card: string): Offered {
  const types = FORMS[given.kind].fields.map(({ type }) => type);
  const isAboutMoment = types.includes('moment');
  const pauseCard = card === '' || !(isAboutMoment || types.includes('divergence'));
  const chosen = useAsk(CardOfOrder, { card }, { pause: pauseCard }).data?.chipCard ?? null;
  const signingKey = chosen?.cardKey ?? '';
  const pauseRadius = signingKey === '' || !isAboutMoment;
  const radius = useAsk(RadiusOfOrder, { signingKey, size: null }, { pause: pauseRadius }).data?.blastRadius ?? null;
  return { ...given, card: pauseCard ? null : chosen, radius: pauseRadius ? null : radius };
}

/** What is lost by it, in numbers, before anything is asked for. */
function ShutOut({ signingKey, moment }: { readonly signingKey: string; readonly moment: string }) {
  const [, size = null] = /"size":(\d+)/.exec(moment) ?? [];
  const asked = useAsk(RadiusOfOrder, { signingKey, size: size === null ? null : Number(size) });
  const radius = asked.data?.blastRadius ?? null;
  return radius === null ? null : <p className={css.small}>{text.shutOut(radius.modules, radius.persons)}</p>;
}

/** Where the address asks for it: the newest checkpoint that there is. */
function useNewest(offered: Offered): Values {
  const isWanted = useQueryTerms().has('newest');
  const newest = optionsFor({ name: 'checkpoint', type: 'moment' }, offered)[1];
  return isWanted && newest !== undefined ? { checkpoint: newest.value } : {};
}

/** To the order; or to the card, where it was carried out in the same breath. */
function useDone(kind: Kind, card: string): (id: string) => (position: string | null) => Promise<void> {
  const client = useClient();
  return (id) => async (position) => {
    if (kind !== AT_ONCE) return go(`/inbox/${id}`);
    const { data } = await client
      .query(StateOfOrder, { id, after: position }, { requestPolicy: 'network-only' })
      .toPromise();
    if (data?.order?.state !== 'approved') return go(`/inbox/${id}`);
    const acted = await client.mutation(SuspendSigningKey, { id: crypto.randomUUID(), order: id }).toPromise();
    go(acted.data?.outcome.__typename === 'Receipt' ? `/cards/${card}` : `/inbox/${id}`);
  };
}
