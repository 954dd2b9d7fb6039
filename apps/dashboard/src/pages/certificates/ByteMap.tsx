/** Every octet as a cell, drawn after what it follows from; one can be chosen and read. */
import { type KeyboardEvent, useState } from 'react';
import type { Source } from '../../checks/certificate-sources.ts';
import type { ReadCertificate } from '../../checks/certificate.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './RebuiltSheet.module.css';

const IN_ROW = 31;
const CELL = 14;
const SIDE = 12;
const SOURCES: readonly Source[] = ['order', 'cardLog', 'cardKey', 'moduleKey', 'signature', 'profile'];
const FILLS: Readonly<Record<Source, string>> = {
  order: 'var(--ink)',
  cardLog: 'url(#hatched)',
  cardKey: 'var(--graphic-1)',
  moduleKey: 'var(--graphic-2)',
  signature: 'url(#dotted)',
  profile: 'var(--sheet)',
};

interface ByteMapProps {
  readonly leaf: ReadCertificate;
  /** Octets to hold against it, where somebody gave some. */
  readonly other: Uint8Array | null;
}

export function ByteMap({ leaf, other }: ByteMapProps) {
  const { der, sources } = leaf;
  const [at, setAt] = useState(0);
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: IN_ROW, ArrowUp: -IN_ROW };
  const press = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setAt(Math.min(der.length - 1, Math.max(0, at + step)));
  };
  const rows = Math.ceil(der.length / IN_ROW);
  return (
    <>
      <svg
        className={css.map}
        viewBox={`0 0 ${IN_ROW * CELL} ${rows * CELL}`}
        role="img"
        aria-label={words.certificate.map}
        tabIndex={0}
        onKeyDown={press}
      >
        <Patterns />
        {sources.map((source, place) => (
          <Cell
            key={place}
            place={place}
            source={source}
            isChosen={place === at}
            differs={other !== null && other[place] !== der[place]}
            onChoose={() => setAt(place)}
          />
        ))}
      </svg>
      <Legend sources={sources} />
      <p className={css.chosen}>
        <strong>{words.certificate.byte(at)}</strong> <span className="mono">{comparison(der, other, at)}</span>{' '}
        {words.certificate.sources[sources[at] ?? 'profile']}
      </p>
    </>
  );
}

interface CellProps {
  readonly place: number;
  readonly source: Source;
  readonly isChosen: boolean;
  readonly differs: boolean;
  readonly onChoose: () => void;
}

function Cell({ place, source, isChosen, differs, onChoose }: CellProps) {
  return (
    <rect
      x={(place % IN_ROW) * CELL + 1}
      y={Math.floor(place / IN_ROW) * CELL + 1}
      width={SIDE}
      height={SIDE}
      rx="1"
      fill={differs ? 'var(--refused)' : FILLS[source]}
      stroke={isChosen ? 'var(--selected)' : 'var(--line)'}
      strokeWidth={isChosen ? 2.5 : 0.75}
      onClick={onChoose}
    />
  );
}

function Patterns() {
  return (
    <defs>
      <pattern id="hatched" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V4" stroke="var(--ink)" strokeWidth="2.4" />
      </pattern>
      <pattern id="dotted" width="3" height="3" patternUnits="userSpaceOnUse">
        <rect width="1.6" height="1.6" fill="var(--ink)" />
      </pattern>
    </defs>
  );
}

function Legend({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <ul className={css.legend}>
      {SOURCES.map((source) => (
        <li key={source}>
          <svg width="12" height="12" aria-hidden>
            <rect x="0.5" y="0.5" width="11" height="11" rx="1" fill={FILLS[source]} stroke="var(--line)" />
          </svg>
          {words.certificate.sourceNames[source]}
          <span>{number(sources.filter((one) => one === source).length)}</span>
        </li>
      ))}
    </ul>
  );
}

function hex(octet: number | undefined): string {
  return octet === undefined ? '--' : octet.toString(16).padStart(2, '0');
}

function comparison(der: Uint8Array, other: Uint8Array | null, at: number): string {
  if (other === null) return hex(der[at]);
  return `${hex(der[at])} ${der[at] === other[at] ? '=' : '≠'} ${hex(other[at])}`;
}
