/** Was this machine trusted at that moment? By the certificate that it had and the key that signed it. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { SearchIcon } from '../../parts/icons.tsx';
import { minute } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import type { CardNamesByKey } from './shown.ts';
import css from './TrustListPage.module.css';
import { type History, versionAt } from './history.ts';
import { TrustedModule, type TrustedModuleAnswer } from './trust-lists.graphql.ts';

const text = words.trustList.was;

interface WasTrustedProps {
  readonly history: History;
  readonly at: number;
  readonly by: 'enforced' | 'known';
  readonly names: CardNamesByKey;
}

export function WasTrusted(props: WasTrustedProps) {
  const [serial, setSerial] = useState('');
  const [asked, setAsked] = useState('');
  const found = useAsk(TrustedModule, { serial: asked }, { pause: asked === '' });
  return (
    <section className={css.section}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(serial.trim());
        }}
      >
        <TextInput
          label={text.title}
          placeholder={text.placeholder}
          leftSection={<SearchIcon size={16} />}
          value={serial}
          onChange={(event) => setSerial(event.currentTarget.value)}
        />
      </form>
      {asked !== '' && found.data !== undefined && <Answer {...props} data={found.data} serial={asked} />}
    </section>
  );
}

function Answer({
  history,
  at,
  by,
  names,
  data,
  serial,
}: WasTrustedProps & { readonly data: TrustedModuleAnswer; readonly serial: string }) {
  const certificate = data.certificates.edges
    .map(({ node }) => node)
    .find(({ installedAt, lastAt }) => Date.parse(installedAt ?? lastAt) <= at);
  if (certificate === undefined) return <Said isYes={false} why={text.noCertificate(serial)} />;
  const change = versionAt(history, at, by)?.keys.get(certificate.cardKey);
  const card = names.get(certificate.cardKey) ?? certificate.card;
  if (change === undefined) return <Said isYes={false} why={text.notListed(card)} />;
  const since = `${minute(change.at / 1000)} UTC`;
  return <Said isYes={change.to === 'active'} why={text[change.to](card, since)} />;
}

function Said({ isYes, why }: { readonly isYes: boolean; readonly why: string }) {
  return (
    <p className={css.said}>
      <strong data-no={!isYes}>{isYes ? text.yes : text.no}</strong> {why}
    </p>
  );
}
