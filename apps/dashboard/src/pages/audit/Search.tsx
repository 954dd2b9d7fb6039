/** The search: terms as pills, and a field whose words become terms. */
import { Combobox, useCombobox } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { Link } from '../../app/Link.tsx';
import { go } from '../../app/place.ts';
import { Key } from '../../parts/Key.tsx';
import { CloseIcon, SearchIcon } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { Filters } from './Filters.tsx';
import { type Term, addressOf, guessesOf, withTerm } from './filter.ts';

export function Search({ terms }: { readonly terms: readonly Term[] }) {
  return (
    <>
      <div className={css.field} onClick={() => document.getElementById('audit-search')?.focus()}>
        <SearchIcon />
        {terms.map((term) => (
          <Pill key={`${term.name} ${term.value}`} term={term} terms={terms} />
        ))}
        <Field terms={terms} />
        <Key>/</Key>
      </div>
      <Filters terms={terms} />
    </>
  );
}

/** Typed words become a term: Enter takes the likeliest meaning, or the chosen one. */
function Field({ terms }: { readonly terms: readonly Term[] }) {
  const [typed, setTyped] = useState('');
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const guesses = guessesOf(typed);
  const take = (guess: Term | undefined): void => {
    if (guess === undefined) return;
    setTyped('');
    combobox.closeDropdown();
    go(addressOf(withTerm(terms, guess)));
  };
  const type = (value: string): void => {
    setTyped(value);
    combobox.openDropdown();
    combobox.updateSelectedOptionIndex();
    combobox.selectFirstOption();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const last = terms.at(-1);
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key === 'Backspace' && typed === '' && last !== undefined)
      go(addressOf(terms.filter((one) => one !== last)));
  };
  return (
    <Combobox store={combobox} onOptionSubmit={(at) => take(guesses[Number(at)])}>
      <Combobox.Target>
        <input
          id="audit-search"
          className={css.input}
          value={typed}
          placeholder={words.audit.search}
          aria-label={words.audit.search}
          autoComplete="off"
          spellCheck={false}
          onKeyDown={press}
          onBlur={() => combobox.closeDropdown()}
          onChange={(event) => type(event.currentTarget.value)}
        />
      </Combobox.Target>
      <Guesses guesses={guesses} />
    </Combobox>
  );
}

function Guesses({ guesses }: { readonly guesses: readonly Term[] }) {
  return (
    <Combobox.Dropdown hidden={guesses.length === 0} className={css.guesses}>
      <Combobox.Options>
        {guesses.map(({ name, value }, at) => (
          <Combobox.Option key={`${name} ${value}`} value={String(at)} className={css.guess}>
            {words.audit.filters[name]} <strong>{value}</strong>
          </Combobox.Option>
        ))}
      </Combobox.Options>
    </Combobox.Dropdown>
  );
}

function Pill({ term, terms }: { readonly term: Term; readonly terms: readonly Term[] }) {
  const said = words.audit.filters[term.name];
  return (
    <span className={css.token}>
      {said} <strong>{term.value}</strong>
      <Link
        to={addressOf(terms.filter((one) => one !== term))}
        aria-label={words.audit.pillRemove(`${said} ${term.value}`)}
      >
        <CloseIcon size={10} />
      </Link>
    </span>
  );
}
