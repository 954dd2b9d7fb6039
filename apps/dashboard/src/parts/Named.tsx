/** What people call a person or a machine, beside its id and never in place of it: the platform's word. */
import { type NamedKind, useName } from '../api/names.ts';
import { nameOf } from '../words/event-words.ts';
import { words } from '../words/words.ts';
import css from './Platform.module.css';

interface NamedProps {
  readonly kind: NamedKind;
  readonly id: string;
  /** All that is known of it, not the word alone. */
  readonly isWhole?: boolean;
}

/** The word alone; nothing where there is none. */
export function NameOf({ kind, id, isWhole = false }: NamedProps) {
  const { short, whole } = useName(kind, id);
  if (whole === '') return null;
  return (
    <span className={css.name} title={`${words.platformWord}: ${whole}`}>
      ◇ {isWhole ? whole : short}
    </span>
  );
}

/** The id and the word. */
export function Named({ kind, id }: NamedProps) {
  return (
    <span className={css.named}>
      {id} <NameOf kind={kind} id={id} />
    </span>
  );
}

/** Persons, one behind the other. */
export function Persons({ ids }: { readonly ids: readonly string[] }) {
  return (
    <span className={css.persons}>
      {ids.map((id, at) => (
        <span key={id}>
          <Named kind="person" id={id} />
          {at < ids.length - 1 ? ', ' : ''}
        </span>
      ))}
    </span>
  );
}

/** Who did something, as events name it: a person with his word, anything else by itself. */
export function Actor({ actor }: { readonly actor: string }) {
  return (
    <>
      {nameOf(actor)} <PersonOf actor={actor} />
    </>
  );
}

/** The word of an actor who is a person. */
export function PersonOf({ actor }: { readonly actor: string }) {
  const id = /^person:(.+)$/.exec(actor)?.[1];
  return id === undefined ? null : <NameOf kind="person" id={id} />;
}
