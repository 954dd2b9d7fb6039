/** The state of a key (SP 800-57) as a word; what is final is red, what rests is amber. */
import css from './KeyState.module.css';

const TONES: Readonly<Record<string, string>> = {
  suspended: 'owed',
  deactivated: 'owed',
  compromised: 'refused',
  'destroyed-compromised': 'refused',
};

export function KeyState({ value, tone }: { readonly value: string; readonly tone?: 'owed' | 'refused' }) {
  return (
    <span className={css.word} data-tone={tone ?? TONES[value] ?? 'ink'}>
      {value}
    </span>
  );
}
