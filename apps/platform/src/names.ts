/** What people call persons and machines, read from the two files beside the record whenever one of them changed. */
import { statSync } from 'node:fs';
import { readWhole } from '#libs/local/durable-file.ts';

export interface NameFiles {
  /** `{"P-ANNA": "Anna Adler"}`. */
  readonly persons: string;
  /** `{"machines": [{serial, operator, name, street, city}]}`. */
  readonly machines: string;
}

export interface NamedMachine {
  readonly called: string | null;
  readonly owner: string | null;
  readonly address: string | null;
}

interface Imported {
  readonly serial: string;
  readonly operator?: string;
  readonly name?: string;
  readonly street?: string;
  readonly city?: string;
}

export const NO_MACHINE: NamedMachine = { called: null, owner: null, address: null };

export class Names {
  readonly #persons: Kept<ReadonlyMap<string, string>>;
  readonly #machines: Kept<ReadonlyMap<string, NamedMachine>>;

  /** No files, no names. */
  constructor(files: NameFiles | null) {
    this.#persons = new Kept<ReadonlyMap<string, string>>(
      files?.persons ?? null,
      new Map(),
      (read) => new Map(Object.entries(read as object)),
    );
    this.#machines = new Kept<ReadonlyMap<string, NamedMachine>>(files?.machines ?? null, new Map(), (read) =>
      machinesIn(read),
    );
  }

  /** Null where none was kept. */
  person(id: string): string | null {
    return this.#persons.now().get(id) ?? null;
  }

  machine(serial: string): NamedMachine {
    return this.#machines.now().get(serial) ?? NO_MACHINE;
  }
}

function machinesIn(read: unknown): ReadonlyMap<string, NamedMachine> {
  const { machines } = read as { readonly machines: readonly Imported[] }; // written by the import alone
  return new Map(
    machines.map(({ serial, operator, name, street, city }) => {
      const address = [street, city].filter((part) => part !== undefined && part !== '').join(', ');
      return [serial, { called: orNull(name), owner: orNull(operator), address: orNull(address) }];
    }),
  );
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** What stands in a file, parsed once for each of its versions: a verb of another process replaces it whole. */
class Kept<T> {
  readonly #file: string | null;
  readonly #parse: (read: unknown) => T;
  readonly #nothing: T;
  #version = '';
  #held: T;

  constructor(file: string | null, nothing: T, parse: (read: unknown) => T) {
    this.#file = file;
    this.#nothing = nothing;
    this.#held = nothing;
    this.#parse = parse;
  }

  now(): T {
    if (this.#file === null) return this.#held;
    const version = versionOf(this.#file);
    if (version === this.#version) return this.#held;
    const octets = readWhole(this.#file);
    this.#held = octets === null ? this.#nothing : this.#parse(JSON.parse(Buffer.from(octets).toString('utf8')));
    this.#version = version;
    return this.#held;
  }
}

function versionOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.mtimeNs} ${found.size}`;
}
