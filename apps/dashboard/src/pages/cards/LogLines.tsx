/** The card's own log beside the record, line by line: what the platform tells of each, and what this browser found of its entry. */
import { Button } from '@mantine/core';
import { Link } from '../../app/Link.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { ProofTick } from '../../parts/Proof.tsx';
import { Tag, type Tone } from '../../parts/Tag.tsx';
import { Time } from '../../parts/Time.tsx';
import { inFours, number } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './CardPage.module.css';
import type { LogLine } from './use-log-lines.ts';
import type { LoggedUse } from './use-card-log.ts';

const text = words.card.log;
const TONES: Readonly<Record<string, Tone>> = { equal: 'ink', 'not read': 'owed', 'missing-upload': 'owed' };

interface LogLinesProps {
  readonly lines: readonly LogLine[];
  /** By number; null where this browser may not read the entries. */
  readonly checked: ReadonlyMap<number, LoggedUse> | null;
  /** Reads older lines; null where there are none. */
  readonly readOn: (() => void) | null;
}

export function LogLines({ lines, checked, readOn }: LogLinesProps) {
  return (
    <>
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
          {lines.map((line) => (
            <Line key={`${line.number} ${line.head}`} line={line} use={checked?.get(line.number) ?? null} />
          ))}
        </tbody>
      </table>
      {readOn !== null && (
        <Button variant="default" size="xs" mt={10} onClick={readOn}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Line({ line, use }: { readonly line: LogLine; readonly use: LoggedUse | null }) {
  const isProved = use !== null && use.isEqual && use.isChained && use.head === line.head;
  return (
    <tr>
      <td className={css.number}>{number(line.number)}</td>
      <td>{line.seenAt !== null && <Time at={line.seenAt} show="clock" />}</td>
      <td>
        {line.serial !== null && (
          <>
            <Link to={`/fleet/${line.serial}`}>{line.serial}</Link> <NameOf kind="machine" id={line.serial} />
          </>
        )}
      </td>
      <td className="mono">{inFours(line.head.slice(0, 12))}</td>
      <td className={css.verdict}>
        {use !== null && <ProofTick state={isProved ? 'proved' : 'failed'} what={isProved ? text.same : text.other} />}
        {line.verdict === 'equal' ? (
          <span>{words.verdicts[line.verdict]}</span>
        ) : (
          <Tag tone={TONES[line.verdict] ?? 'refused'}>{words.verdicts[line.verdict] ?? line.verdict}</Tag>
        )}
      </td>
      <td className={css.number}>
        {line.position === null || line.index === null ? (
          ''
        ) : (
          <Link to={`/audit/${line.position}`}>{number(line.index)}</Link>
        )}
      </td>
      <td className="mono">
        {line.recordedHead === null ? text.notRecorded : inFours(line.recordedHead.slice(0, 12))}
      </td>
    </tr>
  );
}
