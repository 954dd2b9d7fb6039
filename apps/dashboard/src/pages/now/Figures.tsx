/** Five figures that answer at a glance; each is a sentence with a number. */
import type { ReactNode } from 'react';
import type { Seal } from '../../api/use-seal.ts';
import { useNow } from '../../clock.ts';
import { ProofTick } from '../../parts/Proof.tsx';
import { duration, number, plural } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './Figures.module.css';
import type { ListNow } from './Lists.tsx';
import type { EventNow } from './Events.tsx';

const SILENT_MS = 120_000;
const DAY_MS = 86_400_000;

interface FiguresProps {
  /** Newest first; null where the reader may not see them. */
  readonly alarms: readonly EventNow[] | null;
  readonly running: readonly { readonly serial: string; readonly lastAt: string }[];
  /** Number of the newest event; null where it is not known. */
  readonly newest: number | null;
  readonly seal: Seal | null;
  readonly lists: readonly ListNow[];
}

const text = words.now.figures;

export function Figures({ alarms, running, newest, seal, lists }: FiguresProps) {
  const now = useNow(1000);
  const today = alarms?.filter(({ recordedAt }) => now - Date.parse(recordedAt) < DAY_MS) ?? [];
  const silent = running.filter(({ lastAt }) => now - Date.parse(lastAt) > SILENT_MS);
  const behind = lists.filter(({ version, enforcedVersion }) => enforcedVersion !== version);
  const unsealed = newest === null || seal === null ? 0 : Math.max(0, newest + 1 - seal.size);
  const [latest] = today;
  return (
    <dl className={css.figures}>
      <Figure
        label={text.alarms}
        value={alarms === null ? '–' : `${number(today.length)}${today.length > 5 ? '+' : ''}`}
        tone={today.length > 0 ? 'refused' : 'ink'}
        under={latest === undefined ? text.noAlarm : text.newestAlarm(duration(now - Date.parse(latest.recordedAt)))}
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
        value={text.of(lists.length - behind.length, lists.length)}
        tone={behind.length > 0 ? 'owed' : 'ink'}
        under={
          behind.length === 0
            ? text.allFresh(plural(lists.length, 'station'))
            : text.behind(behind.map(({ station }) => station).join(', '))
        }
      />
    </dl>
  );
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
