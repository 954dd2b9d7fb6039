/** What stands around every page: the strip, the rooms, how far the record is sealed, and who looks at it. */
import { ActionIcon, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { useGoneSince } from '../api/connection.ts';
import { dayAndTime } from '../words/format.ts';
import { words } from '../words/words.ts';
import { Mark } from '../parts/icons.tsx';
import { KeysHelp } from './KeysHelp.tsx';
import { Link } from './Link.tsx';
import { Rail } from './Rail.tsx';
import css from './Shell.module.css';
import { useKeys } from './keys.ts';
import { usePlace } from './place.ts';

export function Shell({ children }: { readonly children: ReactNode }) {
  const [isOpen, menu] = useDisclosure(false);
  const [areKeysShown, keys] = useDisclosure(false);
  const { path } = usePlace();
  useKeys(keys.open);
  useEffect(() => menu.close(), [path]);
  return (
    <div className={css.shell}>
      <p className={css.strip}>
        <span className={css.stripWords}>
          <span className={css.wide}>{words.demo}</span>
          <span className={css.narrow}>{words.demoShort}</span>
        </span>
      </p>
      <header className={css.bar}>
        <Link to="/" className={css.brand} aria-label={words.product}>
          <Mark />
        </Link>
        <ActionIcon
          variant="transparent"
          color="ink"
          size={44}
          onClick={menu.toggle}
          aria-label={words.menu}
          component="div"
        >
          <Burger opened={isOpen} size={18} lineSize={1.5} aria-label={words.menu} />
        </ActionIcon>
      </header>
      <Rail isOpen={isOpen} />
      <KeysHelp isOpen={areKeysShown} onClose={keys.close} />
      <main className={css.work}>
        <Gone />
        {children}
      </main>
    </div>
  );
}

function Gone() {
  const since = useGoneSince();
  if (since === null) return null;
  return (
    <p className={css.gone} role="status">
      <strong>{words.connection.gone(dayAndTime(new Date(since).toISOString()).slice(11))}</strong>{' '}
      {words.connection.locked}
    </p>
  );
}
