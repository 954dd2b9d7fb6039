/** The ways to sign a request: a passkey in this page, one's own machine, and a key file where the signature approves nothing. */
import { Button, FileInput, PasswordInput, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useGoneSince } from '../../api/connection.ts';
import { useViewer } from '../../api/session.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import { openKeyFile } from '../../checks/key-file.ts';
import { hasPasskey, passkeyProof } from '../../checks/passkey.ts';
import { type Proof, signDetached } from '../../checks/statement.ts';
import { KeyClass } from '../../parts/KeyClass.tsx';
import { PasskeyIcon } from '../../parts/icons.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { words } from '../../words/words.ts';
import css from './AskPage.module.css';
import type { Shown } from './use-drafting.ts';
import { type Requesting, useRequest } from './use-request.ts';

const text = words.signing;

interface SigningProps {
  readonly shown: Shown;
  readonly set: ReadSet | null;
  readonly atOnce: boolean;
  readonly done: (position: string | null) => Promise<void>;
}

export function Signing({ shown, set, atOnce, done }: SigningProps) {
  const { operator } = useViewer();
  const requesting = useRequest(shown, set, done);
  const [again, setAgain] = useState('');
  const isApprover = set?.persons.find(({ id }) => id === operator)?.roles.includes('approver') === true;
  const isOpen = shown.confirm === null || again.trim() === shown.confirm;
  const isLocked = useGoneSince() !== null || !isOpen || requesting.isBusy;
  const way = { shown, requesting, isLocked };
  return (
    <section className={css.signing}>
      <h2>{text.title}</h2>
      <p className={css.small}>{text.lead(isApprover)}</p>
      {atOnce && <p className={css.small}>{text.atOnce}</p>}
      {shown.confirm !== null && (
        <TextInput
          name="confirm"
          label={text.confirm(shown.confirm)}
          description={text.confirmHelp}
          autoComplete="off"
          spellCheck={false}
          value={again}
          onChange={({ currentTarget }) => setAgain(currentTarget.value)}
        />
      )}
      <PasskeyWay {...way} />
      <OwnMachineWay {...way} />
      <KeyFileWay {...way} isApprover={isApprover} />
      {requesting.refused !== null && (
        <p className={css.refused} role="alert">
          {requesting.refused}
        </p>
      )}
    </section>
  );
}

interface WayProps {
  readonly shown: Shown;
  readonly requesting: Requesting;
  readonly isLocked: boolean;
}

function PasskeyWay({ shown, requesting, isLocked }: WayProps) {
  const sign = async (): Promise<Proof | string> =>
    (await passkeyProof('approve', shown.order.bytes)) ?? text.faults.noAnswer;
  return (
    <section className={css.way}>
      <h3>
        <KeyClass value="B" /> {words.inbox.ways.B}
      </h3>
      <p className={css.small}>{text.wayB}</p>
      {hasPasskey() ? (
        <Button
          variant="default"
          disabled={isLocked}
          leftSection={<PasskeyIcon />}
          onClick={() => void requesting.request(sign)}
        >
          {text.passkey}
        </Button>
      ) : (
        <p className={css.small}>
          {words.inbox.noPasskey} <a href="/passkey">{words.inbox.enrol}</a>
        </p>
      )}
    </section>
  );
}

/** The proof that `keyledger sign` printed; null where the text is none. */
function proofIn(printed: string): Proof | null {
  try {
    const { protected: header, signature } = JSON.parse(printed.trim()) as Partial<Record<keyof Proof, unknown>>;
    return typeof header === 'string' && typeof signature === 'string' ? { protected: header, signature } : null;
  } catch {
    return null;
  }
}

function OwnMachineWay({ shown, requesting, isLocked }: WayProps) {
  const [printed, setPrinted] = useState('');
  const sign = async (): Promise<Proof | string> => proofIn(printed) ?? text.faults.noProof;
  return (
    <section className={css.way}>
      <h3>
        <KeyClass value="A" /> {text.own}
      </h3>
      <p className={css.small}>{text.ownHelp}</p>
      <Button variant="default" onClick={() => saveFile('order.json', shown.order.bytes, 'application/json')}>
        {text.save}
      </Button>
      <pre className={css.command}>
        npm run -s keyledger -- sign --type approval --key YOUR-FOLDER/approval.pem order.json
      </pre>
      <Textarea
        name="proof"
        label={text.proof}
        value={printed}
        rows={3}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        onChange={({ currentTarget }) => setPrinted(currentTarget.value)}
      />
      <Button disabled={isLocked || printed.trim() === ''} onClick={() => void requesting.request(sign)}>
        {text.send}
      </Button>
    </section>
  );
}

/** Only for whose signature approves nothing: a key that approves is never opened in a page that the platform serves. */
function KeyFileWay({ shown, requesting, isLocked, isApprover }: WayProps & { readonly isApprover: boolean }) {
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const sign = async (): Promise<Proof | string> => {
    const key = await openKeyFile((await file?.text()) ?? '', passphrase);
    if (typeof key === 'string') return words.signIn.faults[key];
    return signDetached('keyledger-approval+jws', shown.order.bytes, key);
  };
  return (
    <section className={css.way}>
      <h3>{text.file}</h3>
      <p className={css.small}>{isApprover ? text.fileNot : text.fileHelp}</p>
      {!isApprover && (
        <>
          <FileInput label={text.keyFile} value={file} onChange={setFile} />
          <PasswordInput
            label={text.passphrase}
            description={words.signIn.passphraseHelp}
            autoComplete="off"
            value={passphrase}
            onChange={({ currentTarget }) => setPassphrase(currentTarget.value)}
          />
          <Button variant="default" disabled={isLocked || file === null} onClick={() => void requesting.request(sign)}>
            {text.sendFile}
          </Button>
        </>
      )}
    </section>
  );
}
