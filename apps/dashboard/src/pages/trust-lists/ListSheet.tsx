/** The list on paper: as it stands now, each entry checked here; at a past moment as the record tells it, and no tick. */
import { useEffect, useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { Link } from '../../app/Link.tsx';
import { Deployment } from '../../app/shell.graphql.ts';
import { type CheckedList, checkTrustList } from '../../checks/trust-list.ts';
import { useSets } from '../inbox/use-sets.ts';
import { KeyState } from '../../parts/KeyState.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { ProofTag, ProofTick } from '../../parts/Proof.tsx';
import { SectionHead, Sheet } from '../../parts/Sheet.tsx';
import { dayAndTime, inFours, minute } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import type { CardNamesByKey } from './shown.ts';
import css from './TrustListPage.module.css';
import type { Version } from './history.ts';

const text = words.trustList;

interface ListSheetProps {
  readonly jws: string | null;
  /** A past moment; null shows what the platform hands out now. */
  readonly past: { readonly version: Version | null; readonly at: number } | null;
  readonly names: CardNamesByKey;
}

interface Row {
  readonly cardKey: string;
  readonly card: string;
  readonly state: string;
  readonly since: string;
  readonly order: string;
  readonly holds: boolean | null;
}

export function ListSheet({ jws, past, names }: ListSheetProps) {
  const list = useChecked(jws);
  if (past !== null) {
    const changes = [...(past.version?.keys.values() ?? [])];
    const rows = changes.map(({ cardKey, to, at, order }) => ({
      cardKey,
      card: names.get(cardKey) ?? '',
      state: to,
      since: `${minute(at / 1000)}`,
      order,
      holds: null,
    }));
    return (
      <Sheet as="column">
        <SectionHead title={text.listAt(`${minute(past.at / 1000)} UTC`)}>
          <span className={css.small}>{text.fromRecord}</span>
        </SectionHead>
        <Rows rows={rows} />
      </Sheet>
    );
  }
  const isWhole = list !== null && list.isSigned && list.entries.every(({ holds }) => holds);
  return (
    <Sheet as="column" failed={list !== null && !isWhole}>
      <SectionHead title={text.listNow}>
        {jws !== null && (
          <ProofTag
            state={list === null ? 'checking' : isWhole ? 'proved' : 'failed'}
            proved={text.checked(list?.entries.length ?? 0)}
            failed={text.notChecked}
          />
        )}
      </SectionHead>
      <Rows rows={list?.entries.map((entry) => ({ ...entry, since: dayAndTime(entry.since) })) ?? null} />
    </Sheet>
  );
}

function useChecked(jws: string | null): CheckedList | null {
  const deployment = useAsk(Deployment, {}, { once: true }).data?.deployment;
  const sets = useSets();
  const [list, setList] = useState<CheckedList | null>(null);
  useEffect(() => {
    if (jws === null || deployment === undefined || sets === null) return;
    let isWanted = true;
    void checkTrustList(jws, deployment.founding, sets).then((found) => isWanted && setList(found));
    return () => {
      isWanted = false;
    };
  }, [jws, deployment, sets]);
  return list;
}

function Rows({ rows }: { readonly rows: readonly Row[] | null }) {
  if (rows === null) return <p className={css.small}>{words.checking}</p>;
  if (rows.length === 0) return <Notice title={text.nothing} />;
  return (
    <table className={css.entries}>
      <thead>
        <tr>
          {text.columns.map((label) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.cardKey}>
            <td>
              <Link to={`/cards/${row.card}`}>
                <strong>{row.card}</strong>
              </Link>
            </td>
            <td className="mono">{inFours(row.cardKey.slice(0, 12))}</td>
            <td>
              <KeyState value={row.state} />
            </td>
            <td className="mono">{row.since}</td>
            <td>
              <Link to={`/inbox/${row.order}`}>{inFours(row.order.slice(0, 8))}</Link>
            </td>
            <td>
              {row.holds !== null && <ProofTick state={row.holds ? 'proved' : 'failed'} what={text.entryHolds} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
