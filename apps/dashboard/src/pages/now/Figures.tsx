/** Five figures that answer at a glance; each is a sentence with a number. */
import type { ReactNode } from 'react';
import type { Seal } from '../../api/use-seal.ts';
import { Link } from '../../app/Link.tsx';
import { useNow } from '../../clock.ts';
import { hasRunOut } from '../../parts/Fresh.tsx';
import { ProofTick } from '../../parts/Proof.tsx';
import { number, plural } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './Figures.module.css';
import type { ListNow } from './Lists.tsx';

const SILENT_MS = 120_000;

interface FiguresProps {
  /** Open ones; null while they are asked for. */
  readonly alarms: readonly { readonly overdue: boolean }[] | null;
  readonly running: readonly { readonly serial: string; readonly lastAt: string }[];
  /** Number of the newest event; null where it is not known. */
  readonly newest: number | null;
  readonly seal: Seal | null;
  readonly lists: readonly ListNow[];
}

const text = words.now.figures;

export function Figures({ alarms, running, newest, seal, lists }: FiguresProps) {
  const now = useNow(1000);
  const silent = running.filter(({ lastAt }) => now - Date.parse(lastAt) > SILENT_MS);
  const behind = lists.filter(({ version, enforcedVersion }) => enforcedVersion !== version);
  const unsealed = newest === null || seal === null ? 0 : Math.max(0, newest + 1 - seal.size);
  const out = lists.filter(({ handed }) => hasRunOut(handed, now));
  const late = [...new Set([...behind, ...out])];
  return (
    <dl className={css.figures}>
      <Figure
        label={text.alarms}
        value={alarms === null ? '–' : number(alarms.length)}
        tone={(alarms?.length ?? 0) > 0 ? 'refused' : 'ink'}
        under={<AlarmsUnder alarms={alarms} />}
      />
      <Figure
        label={text.running}
        value={number(running.length)}
        tone={silent.length > 0 ? 'owed' : 'ink'}
        under={silent.length === 0 ? text.noneSilent : text.silent(silent.length)}
      />
      <Figure
        label={text.sealed}
        value={seal === null ? '–' : number(seal.size)}
        under={
          seal === null ? (
            words.checking
          ) : (
            <>
              <ProofTick state={seal.isSigned ? 'proved' : 'failed'} what={text.sealChecked} />{' '}
              {text.unsealed(unsealed)}
            </>
          )
        }
      />
      <Figure
        label={text.witnesses}
        value={
          seal === null || seal.witnesses.length === 0 ? '0' : text.of(seal.cosigners.length, seal.witnesses.length)
        }
        tone={seal !== null && seal.cosigners.length < seal.quorum ? 'owed' : 'ink'}
        under={seal === null || seal.witnesses.length === 0 ? text.noWitness : text.quorum(seal.quorum)}
      />
      <Figure
        label={text.lists}
        value={text.of(lists.length - late.length, lists.length)}
        tone={late.length > 0 ? 'owed' : 'ink'}
        under={
          behind.length > 0
            ? text.behind(behind.map(({ station }) => station).join(', '))
            : out.length > 0
              ? text.ranOut(out.map(({ station }) => station).join(', '))
              : text.allFresh(plural(lists.length, 'station'))
        }
      />
    </dl>
  );
}

function AlarmsUnder({ alarms }: Pick<FiguresProps, 'alarms'>) {
  if (alarms === null) return <>{text.notKnown}</>;
  if (alarms.length === 0) return <>{text.noneOpen}</>;
  return <Link to="/alarms">{text.overdue(alarms.filter(({ overdue }) => overdue).length)}</Link>;
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly tone?: 'ink' | 'owed' | 'refused';
  readonly under: ReactNode;
}

function Figure({ label, value, tone = 'ink', under }: FigureProps) {
  return (
    <div className={css.figure}>
      <dt>{label}</dt>
      <dd className={css.value} data-tone={tone}>
        {value}
      </dd>
      <dd className={css.under}>{under}</dd>
    </div>
  );
}
