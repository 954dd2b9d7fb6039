/** Where the reader is: the path and the question behind it. Links push, and everybody who looks is told. */
import { Store, useStore } from '../store.ts';

export interface Place {
  readonly path: string;
  readonly query: string;
}

function here(): Place {
  return { path: location.pathname, query: location.search };
}

const place = new Store<Place>(here());
addEventListener('popstate', () => place.set(here()));

export function usePlace(): Place {
  return useStore(place);
}

export function useQueryTerms(): URLSearchParams {
  return new URLSearchParams(usePlace().query);
}

/** `replace` leaves no step to go back to. */
export function go(to: string, how: { readonly replace?: boolean } = {}): void {
  if (how.replace === true) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  place.set(here());
}

/** The parts of a path that stand for `*` in the pattern; null where it does not fit. */
export function partsOf(pattern: string, path: string): readonly string[] | null {
  const wanted = pattern.split('/');
  const given = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const parts: string[] = [];
  for (const [at, word] of wanted.entries()) {
    const one = given[at] ?? '';
    if (word === '*') parts.push(decodeURIComponent(one));
    else if (word !== one) return null;
  }
  return parts;
}
