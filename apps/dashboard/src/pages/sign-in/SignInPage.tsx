/** Signing in: a key file is opened here, signs the challenge here and is forgotten with the page; a passkey answers its hash. */
import { Button, Checkbox, FileInput, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { Provider, SignInChallenge } from '../../app/shell.graphql.ts';
import { type Session, begin, offerInAddress, wantBack } from '../../api/session.ts';
import { hasSignInPasskey } from '../../checks/passkey.ts';
import { pin, pinnedGenesis } from '../../checks/pin.ts';
import { Fingerprint } from '../../parts/Fingerprint.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { Mark } from '../../parts/icons.tsx';
import { words } from '../../words/words.ts';
import css from './SignInPage.module.css';
import { sessionOfToken, signInWithKeyFile, signInWithPasskey } from './sign-in.ts';

const REMEMBERED = 'keyledger operator';
const ROLES = Object.keys(words.roles);

interface Form {
  readonly file: File | null;
  readonly passphrase: string;
  readonly operator: string;
  readonly roles: readonly string[];
}

function remembered(): Form {
  const [operator = '', ...roles] = (localStorage.getItem(REMEMBERED) ?? '').split(' ');
  return { file: null, passphrase: '', operator, roles };
}

export function SignInPage() {
  const client = useClient();
  const [form, setForm] = useState(remembered);
  const [refused, setRefused] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<Form>): void => setForm({ ...form, ...part });

  useEffect(() => {
    const offer = offerInAddress();
    if (offer === null) return;
    void sessionOfToken(offer.token).then((session) => {
      if (session === null) return setRefused(words.signIn.faults.link);
      pin(offer.genesis);
      begin(session);
    });
  }, []);

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { file, operator, roles } = form;
    if (file === null || operator === '' || roles.length === 0) return setRefused(words.signIn.faults.incomplete);
    await finish(signInWithKeyFile(client, { ...form, file }));
  };

  const askPasskey = async (): Promise<void> => {
    const { operator, roles } = form;
    if (operator === '' || roles.length === 0) return setRefused(words.signIn.faults.nameless);
    await finish(signInWithPasskey(client, { operator, roles }));
  };

  const finish = async (asked: Promise<Session | string>): Promise<void> => {
    setBusy(true);
    const outcome = await asked;
    setBusy(false);
    if (typeof outcome === 'string') return setRefused(outcome);
    localStorage.setItem(REMEMBERED, [form.operator, ...form.roles].join(' '));
    begin(outcome);
  };

  return (
    <div className={css.page}>
      <form className={css.form} onSubmit={(event) => void send(event)}>
        <p className={css.brand}>
          <Mark /> {words.product}
        </p>
        <h1>{words.signIn.title}</h1>
        <p className={css.lead}>{words.signIn.lead}</p>
        <Fields form={form} change={change} />
        {refused !== null && <Notice title={refused} tone="refused" />}
        <Button type="submit" loading={isBusy}>
          {words.signIn.button}
        </Button>
        <PasskeyWay isBusy={isBusy} ask={() => void askPasskey()} />
        <ProviderWay />
        <p className={css.demo}>{words.signIn.demo}</p>
        <Deployment />
      </form>
    </div>
  );
}

/** Where this browser knows none, the page that makes one. */
function PasskeyWay({ isBusy, ask }: { readonly isBusy: boolean; readonly ask: () => void }) {
  if (hasSignInPasskey())
    return (
      <Button type="button" variant="default" loading={isBusy} onClick={ask}>
        {words.signIn.passkey}
      </Button>
    );
  return (
    <p className={css.demo}>
      {words.signIn.noPasskey} <a href="/passkey">{words.signIn.makePasskey}</a>
    </p>
  );
}

/** Where a provider signs people in here: its page makes the session, and comes back to where one wanted to be. */
function ProviderWay() {
  const [{ data }] = useQuery({ query: Provider, requestPolicy: 'network-only' });
  const issuer = data?.signInProvider?.issuer;
  if (issuer === undefined) return null;
  const wanted = location.pathname + location.search;
  return (
    <div>
      <Button component="a" href="/sign-in" variant="default" fullWidth onClick={() => wantBack(wanted)}>
        {words.signIn.provider(hostOf(issuer))}
      </Button>
      <p className={css.demo}>{words.signIn.providerHelp}</p>
    </div>
  );
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

interface FieldsProps {
  readonly form: Form;
  readonly change: (part: Partial<Form>) => void;
}

function Fields({ form, change }: FieldsProps) {
  return (
    <>
      <FileInput
        label={words.signIn.file}
        description={words.signIn.fileHelp}
        value={form.file}
        onChange={(file) => change({ file })}
      />
      <PasswordInput
        label={words.signIn.passphrase}
        description={words.signIn.passphraseHelp}
        autoComplete="off"
        value={form.passphrase}
        onChange={(event) => change({ passphrase: event.currentTarget.value })}
      />
      <TextInput
        label={words.signIn.operator}
        description={words.signIn.operatorHelp}
        autoComplete="username"
        value={form.operator}
        onChange={(event) => change({ operator: event.currentTarget.value.trim() })}
      />
      <Checkbox.Group label={words.signIn.roles} value={[...form.roles]} onChange={(roles) => change({ roles })}>
        <div className={css.roles}>
          {ROLES.map((role) => (
            <Checkbox key={role} value={role} label={words.roles[role]} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  );
}

/** Which deployment one signs for: told to everybody, so that it can be compared before anything is signed. */
function Deployment() {
  const [{ data }] = useQuery({ query: SignInChallenge, requestPolicy: 'network-only' });
  const [known, setKnown] = useState(pinnedGenesis);
  if (data == null) return null;
  const { genesis } = data.signInChallenge;
  const pinThis = (): void => {
    pin(genesis);
    setKnown(genesis);
  };
  return (
    <div className={css.deployment}>
      <h2>{words.signIn.genesis}</h2>
      <Fingerprint value={genesis} size="large" />
      <p className={css.demo}>{words.signIn.genesisHelp}</p>
      {known !== null && known !== genesis && (
        <Notice title={words.signIn.otherGenesis} tone="refused">
          <Fingerprint value={known} />
          <Button variant="default" size="xs" onClick={pinThis}>
            {words.signIn.pinThis}
          </Button>
        </Notice>
      )}
    </div>
  );
}
