/** One-letter keys of every page: `G` and a letter goes to a room. Off in fields, and where somebody switched them off. */
import { useEffect } from 'react';
import { Store } from '../store.ts';
import { go } from './place.ts';

const ROOMS: Readonly<Record<string, string>> = {
  i: '/inbox',
  n: '/now',
  a: '/audit',
  f: '/fleet',
  c: '/cards',
  e: '/certificates',
  t: '/trust-lists',
  u: '/numbers',
};
const AFTER_G_MS = 1500;

export type KeyTable = Readonly<Record<string, () => void>>;

/** Whether somebody switched the keys off here. */
export const areOff = new Store(localStorage.getItem('keyledger keys') === 'off');

export function switchKeys(on: boolean): void {
  localStorage.setItem('keyledger keys', on ? 'on' : 'off');
  areOff.set(!on);
}

function isForField(event: KeyboardEvent): boolean {
  const { target } = event;
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function listens(table: (key: string) => (() => void) | undefined): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || areOff.get() || isForField(event)) return;
    const act = table(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

const SEARCH_TRIES = 40;
const SEARCH_AGAIN_MS = 50;

/** The field of the audit trail, which may first have to be gone to. */
function search(tries: number = SEARCH_TRIES): void {
  const field = document.getElementById('audit-search');
  if (field !== null) return field.focus();
  if (tries === SEARCH_TRIES) go('/audit');
  if (tries > 0) setTimeout(() => search(tries - 1), SEARCH_AGAIN_MS);
}

/** The keys of the shell. */
export function useKeys(showAll: () => void): void {
  useEffect(() => {
    let goUntil = 0;
    return listens((key) => {
      if (key === '?') return showAll;
      if (key === 'g') return () => (goUntil = performance.now() + AFTER_G_MS);
      const isGoing = performance.now() < goUntil;
      goUntil = 0;
      if (!isGoing && key === 'c') return () => void navigator.clipboard.writeText(location.href);
      if (!isGoing && key === '/') return () => search();
      const to = isGoing ? ROOMS[key] : undefined;
      return to === undefined ? undefined : () => go(to);
    });
  }, [showAll]);
}

/** The keys of a page; the table may change with each drawing. */
export function usePageKeys(table: KeyTable): void {
  useEffect(() => {
    let afterG = 0;
    return listens((key) => {
      if (key === 'g') afterG = performance.now() + AFTER_G_MS;
      else if (performance.now() < afterG) afterG = 0;
      else return table[key];
      return undefined;
    });
  }, [table]);
}
