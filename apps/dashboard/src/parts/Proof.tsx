/** Green means proved here: a check that this browser made. Before it ends: a hollow dash and `Checking`. */
import { HoverCard } from '@mantine/core';
import { words } from '../words/words.ts';
import css from './Proof.module.css';
import { CheckIcon } from './icons.tsx';

export type ProofState = 'checking' | 'proved' | 'failed';

interface ProofTagProps {
  readonly state: ProofState;
  /** What was checked, as the word of it: `Checked in this browser`. */
  readonly proved: string;
  readonly failed: string;
}

export function ProofTag({ state, proved, failed }: ProofTagProps) {
  return (
    <HoverCard width={300} position="bottom-end" shadow="none" openDelay={200}>
      <HoverCard.Target>
        <button type="button" className={css.tag} data-state={state}>
          {state === 'proved' && <CheckIcon size={14} />}
          {state === 'checking' ? <Dash /> : null}
          {state === 'failed' && '× '}
          {state === 'proved' ? proved : state === 'failed' ? failed : words.checking}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown className={css.honest}>{words.honest}</HoverCard.Dropdown>
    </HoverCard>
  );
}

/** One line of many: the tick alone, with its word for who cannot see it. */
export function ProofTick({ state, what }: { readonly state: ProofState; readonly what: string }) {
  if (state === 'checking')
    return (
      <span className={css.checking} title={words.checking}>
        <Dash />
      </span>
    );
  return (
    <span className={css.tick} data-state={state} title={what}>
      {state === 'proved' ? <CheckIcon size={14} /> : '×'}
      <span className="visually-hidden">{what}</span>
    </span>
  );
}

function Dash() {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" aria-hidden>
      <rect x="2.5" y="5.5" width="9" height="3" rx="1.5" />
    </svg>
  );
}
