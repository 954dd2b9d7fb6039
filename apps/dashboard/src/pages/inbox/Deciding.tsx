/** The ways to decide: class A by a command on the officer's own machine, class B by a passkey in this page. */
import { Button, CopyButton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { usePageKeys } from '../../app/keys.ts';
import { useGoneSince } from '../../api/connection.ts';
import { hasPasskey } from '../../checks/passkey.ts';
import type { ReadOrder } from '../../checks/order.ts';
import { Key } from '../../parts/Key.tsx';
import { KeyClass } from '../../parts/KeyClass.tsx';
import { CloseIcon, CopyIcon, PasskeyIcon } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import css from './Decision.module.css';
import { TakeBack } from './TakeBack.tsx';
import { type ToldOrder, approveCommand } from './shown.ts';
import type { Owed, Standing } from './standing.ts';
import { useDeciding } from './use-deciding.ts';

interface DecidingProps {
  readonly told: ToldOrder;
  readonly order: ReadOrder;
  readonly standing: Standing;
  readonly owed: Owed;
  readonly again: () => void;
}

export function Deciding({ told, order, standing, owed, again }: DecidingProps) {
  const [asking, setAsking] = useState<'decline' | 'withdraw' | null>(null);
  const { decide, isBusy, refused } = useDeciding(told, again);
  const isLocked = useGoneSince() !== null || order.id !== told.id;
  const command = approveCommand(order.id);
  const { mayApprove, mayWithdraw } = standing;
  usePageKeys({
    a: () => (mayApprove ? void navigator.clipboard.writeText(command) : undefined),
    b: () => (mayApprove && !isLocked && hasPasskey() ? void decide('approve') : undefined),
    d: () => (mayApprove ? setAsking('decline') : undefined),
  });
  return (
    <>
      {mayApprove && (
        <Ways
          command={command}
          owed={owed}
          isBusy={isBusy}
          isLocked={isLocked}
          onPasskey={() => void decide('approve')}
        />
      )}
      {refused !== null && (
        <p className={css.refused} role="alert">
          {refused}
        </p>
      )}
      {mayApprove && (
        <Button
          variant="outline"
          color="var(--refused)"
          fullWidth
          leftSection={<CloseIcon size={14} />}
          rightSection={<Key>D</Key>}
          onClick={() => setAsking('decline')}
        >
          {words.inbox.decline}
        </Button>
      )}
      {mayWithdraw && (
        <Button variant="subtle" fullWidth onClick={() => setAsking('withdraw')}>
          {words.inbox.withdraw}
        </Button>
      )}
      {mayApprove && (
        <BottomBar
          command={command}
          owed={owed}
          isBusy={isBusy}
          isLocked={isLocked}
          onPasskey={() => void decide('approve')}
          onDecline={() => setAsking('decline')}
        />
      )}
      <TakeBack verb={asking} id={order.id} isLocked={isLocked} decide={decide} onClose={() => setAsking(null)} />
    </>
  );
}

interface WaysProps {
  readonly command: string;
  readonly owed: Owed;
  readonly isBusy: boolean;
  readonly isLocked: boolean;
  readonly onPasskey: () => void;
}

function Ways({ command, owed, isBusy, isLocked, onPasskey }: WaysProps) {
  return (
    <>
      <Way keyClass="A" title={words.inbox.ways.A}>
        <CommandLine command={command} />
        <p className={css.small}>{words.inbox.wayA(Math.max(0, owed.persons - 1))}</p>
      </Way>
      <Way keyClass="B" title={words.inbox.ways.B}>
        <p className={css.small}>{words.inbox.wayB(owed)}</p>
        {hasPasskey() ? (
          <Button
            variant="default"
            fullWidth
            loading={isBusy}
            disabled={isLocked}
            leftSection={<PasskeyIcon />}
            rightSection={<Key>B</Key>}
            onClick={onPasskey}
          >
            {words.inbox.passkey}
          </Button>
        ) : (
          <p className={css.small}>
            {words.inbox.noPasskey} <a href="/passkey">{words.inbox.enrol}</a>
          </p>
        )}
      </Way>
    </>
  );
}

/** On a narrow page: what is owed, and the one act that waits, at the bottom edge. */
function BottomBar({
  command,
  owed,
  isBusy,
  isLocked,
  onPasskey,
  onDecline,
}: WaysProps & { readonly onDecline: () => void }) {
  return (
    <div className={css.bar}>
      <span>{words.inbox.stillOwed(owed.persons)}</span>
      {hasPasskey() ? (
        <Button loading={isBusy} disabled={isLocked} leftSection={<PasskeyIcon />} onClick={onPasskey}>
          {words.inbox.passkey}
        </Button>
      ) : (
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Button leftSection={<CopyIcon size={16} />} onClick={copy}>
              {copied ? words.copied : words.inbox.copyCommand}
            </Button>
          )}
        </CopyButton>
      )}
      <Button variant="outline" color="var(--refused)" onClick={onDecline}>
        {words.inbox.decline}
      </Button>
    </div>
  );
}

function Way({
  keyClass,
  title,
  children,
}: {
  readonly keyClass: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className={css.way}>
      <h3>
        <KeyClass value={keyClass} /> {title}
      </h3>
      {children}
    </section>
  );
}

function CommandLine({ command }: { readonly command: string }) {
  return (
    <>
      <pre className={css.command}>{command}</pre>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button fullWidth leftSection={<CopyIcon size={16} />} rightSection={<Key>A</Key>} onClick={copy}>
            {copied ? words.copied : words.inbox.copyCommand}
          </Button>
        )}
      </CopyButton>
    </>
  );
}
