/** All keys, and a way to switch them off. */
import { Modal, Switch } from '@mantine/core';
import { useStore } from '../store.ts';
import { words } from '../words/words.ts';
import css from './KeysHelp.module.css';
import { areOff, switchKeys } from './keys.ts';

interface KeysHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The platform says so in the page that it sends; in production it answers no question about its schema. */
function hasExplorer(): boolean {
  return document.querySelector('meta[name="explorer"]')?.getAttribute('content') === '/explorer';
}

export function KeysHelp({ isOpen, onClose }: KeysHelpProps) {
  const off = useStore(areOff);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={words.keys.title}
      shadow="none"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <dl className={css.keys}>
        {words.keys.rows.map(([key, what]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className={css.note}>{words.keys.noTrust}</p>
      {hasExplorer() && (
        <p className={css.note}>
          <a href="/explorer">{words.explorer.link}</a>
        </p>
      )}
      <Switch
        label={words.keys.on}
        checked={!off}
        onChange={({ currentTarget }) => switchKeys(currentTarget.checked)}
      />
    </Modal>
  );
}
