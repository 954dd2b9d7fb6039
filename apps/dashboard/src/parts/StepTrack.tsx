/** The way of a personalization as a row of points: filled is done, the ring is where it is, a cross is where it was refused. */
import { words } from '../words/words.ts';

interface Step {
  readonly label: string;
  /** Types of events that reach it. */
  readonly types: readonly string[];
}

export const STEPS: readonly Step[] = [
  { label: words.steps.started, types: ['PersonalizationStarted'] },
  { label: words.steps.identified, types: ['ModuleIdentified'] },
  { label: words.steps.keyMade, types: ['ModuleKeyReceived'] },
  { label: words.steps.signed, types: ['CertificateIssued'] },
  { label: words.steps.installed, types: ['CertificateInstalled'] },
  { label: words.steps.done, types: ['PersonalizationCompleted'] },
];

/** How many steps are done, of those that events tell. */
export function standOf(types: readonly string[]): number {
  return STEPS.findLastIndex((step) => step.types.some((type) => types.includes(type))) + 1;
}

type Mark = 'running' | 'silent' | 'refused' | 'done';

interface StepTrackProps {
  readonly done: number;
  readonly mark: Mark;
}

const WIDTH = 600;
const GAP = WIDTH / STEPS.length;
const MIDDLE = 12;

export function StepTrack({ done, mark }: StepTrackProps) {
  const at = (step: number): number => GAP / 2 + step * GAP;
  const label = words.steps.stand(done, STEPS.length, mark);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${2 * MIDDLE}`}
      width="100%"
      role="img"
      aria-label={label}
      preserveAspectRatio="xMidYMid meet"
    >
      <path d={`M${at(0)} ${MIDDLE}H${at(STEPS.length - 1)}`} stroke="var(--line)" strokeDasharray="1.5 3" />
      {done > 1 && <path d={`M${at(0)} ${MIDDLE}H${at(done - 1)}`} stroke="var(--ink)" strokeWidth="1.75" />}
      {STEPS.map((step, place) => (
        <Point
          key={step.label}
          x={at(place)}
          is={place < done ? 'past' : place === done && mark !== 'done' ? mark : 'ahead'}
        />
      ))}
    </svg>
  );
}

function Point({ x, is }: { readonly x: number; readonly is: Mark | 'past' | 'ahead' }) {
  if (is === 'past' || is === 'done') return <circle cx={x} cy={MIDDLE} r="5" fill="var(--ink)" />;
  if (is === 'ahead') return <circle cx={x} cy={MIDDLE} r="4" fill="var(--ground)" stroke="var(--graphic-2)" />;
  if (is === 'refused')
    return (
      <g>
        <circle cx={x} cy={MIDDLE} r="8" fill="var(--refused)" />
        <path d={`M${x - 3} ${MIDDLE - 3}l6 6m0 -6l-6 6`} stroke="var(--ground)" strokeWidth="1.75" />
      </g>
    );
  const colour = is === 'silent' ? 'var(--owed)' : 'var(--selected)';
  const dashes = is === 'silent' ? { strokeDasharray: '2.5 2.5' } : {};
  return <circle cx={x} cy={MIDDLE} r="5" fill="var(--ground)" stroke={colour} strokeWidth="2.25" {...dashes} />;
}
