/** Searches that the reader keeps in this browser: the terms, as they stand in the address. */
import { Button, Menu } from '@mantine/core';
import { go } from '../../app/place.ts';
import { Store, useStore } from '../../store.ts';
import { words } from '../../words/words.ts';
import css from './Search.module.css';
import { type Term, addressOf, termsOf } from './filter.ts';

const KEPT = 'keyledger searches';
const SAVED_MAX = 20;

const saved = new Store<readonly string[]>(JSON.parse(localStorage.getItem(KEPT) ?? '[]') as readonly string[]); // written below

function keep(all: readonly string[]): void {
  localStorage.setItem(KEPT, JSON.stringify(all));
  saved.set(all);
}

export function Saved({ terms }: { readonly terms: readonly Term[] }) {
  const all = useStore(saved);
  const address = addressOf(terms);
  const isKept = all.includes(address);
  const change = (): void =>
    keep(isKept ? all.filter((one) => one !== address) : [address, ...all].slice(0, SAVED_MAX));
  return (
    <Menu shadow="none" position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs">
          {words.audit.searches}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>
        <Menu.Item disabled={terms.length === 0} onClick={change}>
          {isKept ? words.audit.forget : words.audit.keep}
        </Menu.Item>
        {all.length > 0 && <Menu.Divider />}
        {all.map((one) => (
          <Menu.Item key={one} onClick={() => go(one)}>
            {said(one)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function said(address: string): string {
  return termsOf(new URLSearchParams(address.split('?')[1]))
    .map(({ name, value }) => `${words.audit.filters[name]} ${value}`)
    .join(', ');
}
