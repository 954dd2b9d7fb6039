/** What can be asked for: the kinds of orders in the words of people; those that the reader may not ask for say why. */
import { useAsk } from '../../api/use-ask.ts';
import { useViewer } from '../../api/session.ts';
import { Link } from '../../app/Link.tsx';
import { Asked } from '../../parts/Asked.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { words } from '../../words/words.ts';
import { useSets } from '../inbox/use-sets.ts';
import { GROUPS } from './form.ts';
import { FORMS, KINDS } from './forms.ts';
import { type AskingCase, mayNotAsk } from './may-ask.ts';
import { Choices } from './orders.graphql.ts';
import css from './OrdersPage.module.css';

const text = words.asking;

export function OrdersPage() {
  const viewer = useViewer();
  const asked = useAsk(Choices, {});
  const sets = useSets();
  return (
    <div className={css.page}>
      <PageHead title={text.title} under={text.lead} />
      <Asked asked={asked}>
        {(choices) => sets !== null && <Groups asking={{ viewer, set: [...sets.values()].at(-1) ?? null, choices }} />}
      </Asked>
    </div>
  );
}

function Groups({ asking }: { readonly asking: AskingCase }) {
  return (
    <div className={css.groups}>
      {GROUPS.map((group) => (
        <section key={group}>
          <h2>{text.groups[group]}</h2>
          <ul>
            {KINDS.filter((kind) => FORMS[kind].group === group).map((kind) => (
              <KindRow key={kind} kind={kind} asking={asking} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function KindRow({ kind, asking }: { readonly kind: (typeof KINDS)[number]; readonly asking: AskingCase }) {
  const { name, says } = text.kinds[kind];
  const no = mayNotAsk(kind, asking);
  if (no !== null)
    return (
      <li className={css.kind} data-may="no">
        <strong>{name}</strong>
        <span>{says}</span>
        <span className={css.no}>{no}</span>
      </li>
    );
  const rule = asking.set?.policy.find((one) => one.kind === kind);
  return (
    <li className={css.kind}>
      <Link to={`/orders/new/${kind}`}>{name}</Link>
      <span>{says}</span>
      {rule !== undefined && <span className={css.rule}>{text.needs(rule.persons, rule.classA)}</span>}
    </li>
  );
}
