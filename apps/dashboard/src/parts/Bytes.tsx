/** Bytes as they were signed or sealed, on a well; long ones are folded, and say how many they are. */
import { CopyButton, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { words } from '../words/words.ts';
import css from './Bytes.module.css';
import { CopyIcon } from './icons.tsx';

interface BytesProps {
  readonly text: string;
  /** Characters shown before it is unfolded. */
  readonly folded?: number;
}

export function Bytes({ text, folded = 420 }: BytesProps) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > folded;
  return (
    <>
      <pre className={css.well}>{isLong && !isWhole ? `${text.slice(0, folded)} …` : text}</pre>
      {isLong && (
        <UnstyledButton className={css.all} onClick={() => setWhole(!isWhole)}>
          {isWhole ? words.event.fewer : words.event.all(text.length)}
        </UnstyledButton>
      )}
    </>
  );
}

/** Copies the whole of it; the word changes where one looks already. */
export function Copy({ text }: { readonly text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <UnstyledButton className={css.copy} onClick={copy} aria-label={words.copy} title={words.copy}>
          {copied ? words.copied : <CopyIcon size={15} />}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
