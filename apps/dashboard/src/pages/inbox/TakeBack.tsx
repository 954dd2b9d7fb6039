/** Declining or withdrawing, asked once more: what will happen stands above the button. */
import { Button, Modal } from '@mantine/core';
import type { Verb } from '../../checks/challenge.ts';
import { hasPasskey } from '../../checks/passkey.ts';
import { PasskeyIcon } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import css from './Decision.module.css';
import { approveCommand } from './shown.ts';

interface TakeBackProps {
  readonly verb: 'decline' | 'withdraw' | null;
  readonly id: string;
  readonly isLocked: boolean;
  readonly decide: (verb: Verb) => Promise<void>;
  readonly onClose: () => void;
}

export function TakeBack({ verb, id, isLocked, decide, onClose }: TakeBackProps) {
  const text = words.inbox.takeBack[verb ?? 'decline'];
  const send = async (): Promise<void> => {
    if (verb !== null) await decide(verb);
    onClose();
  };
  return (
    <Modal
      opened={verb !== null}
      onClose={onClose}
      title={text.title}
      size="md"
      shadow="none"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <p className={css.small}>{text.consequence}</p>
      {verb === 'decline' && <pre className={css.command}>{approveCommand(id, ' --decline')}</pre>}
      {hasPasskey() ? (
        <Button
          color="var(--refused)"
          fullWidth
          disabled={isLocked}
          leftSection={<PasskeyIcon />}
          onClick={() => void send()}
        >
          {text.button}
        </Button>
      ) : (
        <p className={css.small}>
          {words.inbox.noPasskey} <a href="/passkey">{words.inbox.enrol}</a>
        </p>
      )}
    </Modal>
  );
}
