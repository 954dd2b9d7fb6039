/** What people call persons and machines: asked for together, once each, and kept as long as the session. No evidence of anything. */
import type { Client } from '@urql/core';
import { useEffect } from 'react';
import { useClient } from 'urql';
import { MachineNames, PersonNames } from '../app/names.graphql.ts';
import { Store, useStore } from '../store.ts';
import { words } from '../words/words.ts';
import { useViewer } from './session.ts';

export type NamedKind = 'person' | 'machine';

/** What it is called, in a word, and all that is known of it. */
export interface Name {
  readonly short: string;
  readonly whole: string;
}

const NONE: Name = { short: '', whole: '' };

/** Roles that are told; whoever else asks would be refused. */
const TOLD: Readonly<Record<NamedKind, readonly string[]>> = {
  person: ['requester', 'approver', 'custodian', 'auditor', 'administrator'],
  machine: ['requester', 'approver', 'technician', 'auditor', 'administrator'],
};
const AT_ONCE = 200;
/** What comes within this time is asked for together. */
const GATHER_MS = 15;

class NameBook {
  readonly #client: Client;
  readonly #wanted: Readonly<Record<NamedKind, Set<string>>> = { person: new Set(), machine: new Set() };
  /** By `person P-ANNA`; empty words where there is none. */
  readonly known = new Store<ReadonlyMap<string, Name>>(new Map());
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  want(kind: NamedKind, id: string): void {
    if (this.known.get().has(`${kind} ${id}`) || this.#wanted[kind].has(id)) return;
    this.#wanted[kind].add(id);
    this.#timer ??= setTimeout(() => void this.#ask(), GATHER_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = null;
    await Promise.all([this.#askFor('person'), this.#askFor('machine')]);
  }

  async #askFor(kind: NamedKind): Promise<void> {
    const ids = [...this.#wanted[kind]];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const found = await (kind === 'person' ? this.#persons(some) : this.#machines(some));
      for (const id of some) this.#wanted[kind].delete(id);
      this.known.set(
        new Map([...this.known.get(), ...some.map((id) => [`${kind} ${id}`, found.get(id) ?? NONE] as const)]),
      );
    }
  }

  async #persons(persons: readonly string[]): Promise<ReadonlyMap<string, Name>> {
    const { data } = await this.#client.query(PersonNames, { persons }).toPromise();
    const wordOf = (called: string | null, erased: boolean): string => called ?? (erased ? words.names.erased : '');
    return new Map(data?.names.persons?.map(({ person, called, erased }) => [person, same(wordOf(called, erased))]));
  }

  async #machines(serials: readonly string[]): Promise<ReadonlyMap<string, Name>> {
    const { data } = await this.#client.query(MachineNames, { serials }).toPromise();
    return new Map(
      data?.names.machines?.map(({ serial, ...machine }) => [
        serial,
        { short: machine.called ?? machine.owner ?? machine.address ?? '', whole: words.names.machine(machine) },
      ]),
    );
  }
}

function same(word: string): Name {
  return { short: word, whole: word };
}

const books = new WeakMap<Client, NameBook>();

/** The words; empty while it is asked for, where there is none, and for roles that are not told. */
export function useName(kind: NamedKind, id: string): Name {
  const client = useClient();
  const mayKnow = useViewer().roles.some((role) => TOLD[kind].includes(role));
  const book = books.get(client) ?? new NameBook(client);
  books.set(client, book);
  const known = useStore(book.known);
  useEffect(() => {
    if (mayKnow && id !== '') book.want(kind, id);
  }, [book, kind, id, mayKnow]);
  return known.get(`${kind} ${id}`) ?? NONE;
}
