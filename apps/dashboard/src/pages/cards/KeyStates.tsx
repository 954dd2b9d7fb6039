/** The states of a key and the moves between them; where this key is, is filled. */
import { words } from '../../words/words.ts';
import css from './CardPage.module.css';

interface Box {
  readonly state: string;
  readonly x: number;
  readonly y: number;
}

const WIDE = 112;
const HIGH = 38;
const BOXES: readonly Box[] = [
  { state: 'pre-active', x: 1, y: 6 },
  { state: 'active', x: 147, y: 6 },
  { state: 'suspended', x: 293, y: 6 },
  { state: 'deactivated', x: 147, y: 78 },
  { state: 'compromised', x: 293, y: 78 },
  { state: 'destroyed', x: 439, y: 78 },
];

const MOVES: readonly string[] = [
  'M113 25H145',
  'M259 19H291',
  'M293 31H261',
  'M203 44V76',
  'M349 44V76',
  'M240 44L306 76',
  'M405 97H437',
  'M203 116V132H495V118',
];

export function KeyStates({ state }: { readonly state: string }) {
  return (
    <div className={css.diagram}>
      <svg viewBox="0 0 552 136" className={css.moves} role="img" aria-label={words.card.stateIs(state)}>
        <defs>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.5L8 4L0 7.5Z" fill="var(--graphic-2)" />
          </marker>
        </defs>
        {MOVES.map((move) => (
          <path key={move} d={move} stroke="var(--graphic-2)" fill="none" markerEnd="url(#head)" />
        ))}
        {BOXES.map((box) => (
          <State key={box.state} box={box} isHere={box.state === state || state === `${box.state}-compromised`} />
        ))}
      </svg>
      <dl className={css.ways}>
        {words.card.moves.map(([move, how]) => (
          <div key={move}>
            <dt>{move}</dt>
            <dd>{how}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function State({ box: { state, x, y }, isHere }: { readonly box: Box; readonly isHere: boolean }) {
  return (
    <g className={css.box} data-here={isHere}>
      <rect x={x} y={y} width={WIDE} height={HIGH} rx="2" />
      <text x={x + WIDE / 2} y={y + HIGH / 2 + 4.5} textAnchor="middle">
        {state}
      </text>
    </g>
  );
}
