/** The usual narrowings one click away: rooms, types, what needs a look, today. */
import { Menu } from '@mantine/core';
import { go } from '../../app/place.ts';
import { nowMs } from '../../clock.ts';
import { EVENT_TYPES } from '../../words/event-words.ts';
import { day } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { type Term, type TermName, addressOf, withTerm } from './filter.ts';

const ROOMS = [
  'order',
  'personalization',
  'security-module',
  'chip-card',
  'certificate',
  'trust-list',
  'station',
  'unit',
  'session',
  'operator',
  'sign-in',
  'approver-set',
  'log',
  'refusal',
];

export function Filters({ terms }: { readonly terms: readonly Term[] }) {
  const add = (name: TermName, value: string): void => go(addressOf(withTerm(terms, { name, value })));
  return (
    <div className={css.filters}>
      <Choice name="room" choices={ROOMS} terms={terms} onChoose={add} />
      <Choice name="type" choices={EVENT_TYPES} terms={terms} onChoose={add} />
      <button type="button" className={css.pill} onClick={() => add('day', day(nowMs()))}>
        {words.audit.today}
      </button>
      <button type="button" className={css.pill} onClick={() => add('alarm', 'yes')}>
        {words.audit.filters.alarm}
      </button>
    </div>
  );
}

interface ChoiceProps {
  readonly name: TermName;
  readonly choices: readonly string[];
  readonly terms: readonly Term[];
  readonly onChoose: (name: TermName, value: string) => void;
}

function Choice({ name, choices, terms, onChoose }: ChoiceProps) {
  const chosen = terms.filter((term) => term.name === name).map(({ value }) => value);
  return (
    <Menu shadow="none" position="bottom-start">
      <Menu.Target>
        <button type="button" className={css.pill}>
          {words.audit.filters[name]} {chosen.length > 0 && <strong>{chosen.join(', ')}</strong>} ▾
        </button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        {choices.map((choice) => (
          <Menu.Item key={choice} onClick={() => onChoose(name, choice)}>
            {choice}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
