/** The path as a picture: the event at the left, the signed root at the right, a sibling's hash at each step between. */
import type { ProofState } from '../../parts/Proof.tsx';
import { words } from '../../words/words.ts';
import css from './EventSheet.module.css';

const WIDTH = 388;
const EDGE = 9;
const LINE = 30;

const COLOURS: Readonly<Record<ProofState, string>> = {
  checking: 'var(--graphic-2)',
  proved: 'var(--proved)',
  failed: 'var(--refused)',
};

export function ProofPath({ steps, state }: { readonly steps: number; readonly state: ProofState }) {
  const colour = COLOURS[state];
  const at = (step: number): number => EDGE + (step * (WIDTH - 2 * EDGE)) / (steps + 1);
  const dots = Array.from({ length: steps }, (_, step) => at(step + 1));
  return (
    <figure className={css.path}>
      <svg viewBox={`0 0 ${WIDTH} 42`} aria-hidden>
        <path
          d={`M${EDGE} ${LINE}H${WIDTH - EDGE}`}
          stroke={colour}
          strokeWidth="2"
          strokeDasharray={state === 'proved' ? undefined : '3 3'}
        />
        {dots.map((x) => (
          <g key={x}>
            <path d={`M${x} ${LINE}V12`} stroke="var(--line)" />
            <circle cx={x} cy="10" r="2.5" fill="var(--sheet)" stroke="var(--graphic-1)" />
            <circle cx={x} cy={LINE} r="3" fill={colour} />
          </g>
        ))}
        {[EDGE, WIDTH - EDGE].map((x) => (
          <rect key={x} x={x - 7} y={LINE - 7} width="14" height="14" rx="2" fill={colour} />
        ))}
      </svg>
      <figcaption>
        <span>{words.event.thisEvent}</span>
        <span>{words.event.steps(steps)}</span>
        <span>{words.event.sealedRoot}</span>
      </figcaption>
    </figure>
  );
}
