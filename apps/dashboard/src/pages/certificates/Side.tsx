/** The chain to the manufacturer's root, what one can take along, and how it would be revoked. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { fromPem } from '../../checks/certificate.ts';
import { ProofTick } from '../../parts/Proof.tsx';
import { SectionHead } from '../../parts/Sheet.tsx';
import { DownloadIcon } from '../../parts/icons.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { words } from '../../words/words.ts';
import { Evidence } from './certificates.graphql.ts';
import { Acts } from '../orders/Acts.tsx';
import { certificateActs } from './certificate-acts.ts';
import type { Certificate, Found, Reconstruction } from './shown.ts';
import css from './CertificatePage.module.css';
import side from './Side.module.css';

interface SideProps {
  readonly certificate: Certificate;
  readonly reconstruction: Reconstruction | null;
  readonly found: Found | null;
}

const text = words.certificate;

export function Side({ certificate, reconstruction, found }: SideProps) {
  return (
    <aside className={css.side}>
      <SectionHead title={text.chain} />
      <Chain found={found} />
      {reconstruction !== null && <TakeAlong certificate={certificate} reconstruction={reconstruction} />}
      <section className={side.section}>
        <SectionHead title={text.inForce} />
        <p className={side.lead}>{text.stands(certificate.card, certificate.links.key?.state ?? '?')}</p>
        <p className={side.lead}>{words.acts.certificate}</p>
      </section>
      <section className={side.section}>
        <Acts acts={certificateActs(certificate)} />
      </section>
    </aside>
  );
}

function Chain({ found }: { readonly found: Found | null }) {
  const chain = found?.story?.chain ?? [];
  return (
    <ol className={side.chain}>
      {chain.map(({ certificate: { subject, notAfter, fingerprint }, holds }, depth) => (
        <li key={fingerprint} style={{ marginLeft: depth * 9 }} data-last={depth === chain.length - 1}>
          <span>
            <strong>{subject.serialNumber === '' ? subject.commonName : subject.serialNumber}</strong>
            <span className={side.until}>{text.until(notAfter)}</span>
          </span>
          <ProofTick state={holds ? 'proved' : 'failed'} what={words.event.proved} />
        </li>
      ))}
    </ol>
  );
}

function TakeAlong({
  certificate,
  reconstruction,
}: {
  readonly certificate: Certificate;
  readonly reconstruction: Reconstruction;
}) {
  const { serial, fingerprint } = certificate;
  const { pem } = reconstruction;
  const [der] = fromPem(pem);
  const client = useClient();
  const [refused, setRefused] = useState<string | null>(null);
  const take = async (): Promise<void> => {
    const { data, error } = await client.query(Evidence, { fingerprint }).toPromise();
    if (data == null) return setRefused(error?.message ?? words.failed.title);
    saveFile(data.evidence.name, data.evidence.text, 'application/json');
  };
  return (
    <section className={side.section}>
      <SectionHead title={text.evidence} />
      <p className={side.lead}>{text.evidenceLead}</p>
      <Button fullWidth size="sm" leftSection={<DownloadIcon size={15} />} onClick={() => void take()}>
        {text.download}
      </Button>
      {refused !== null && <p className={side.lead}>{refused}</p>}
      <pre className={side.command}>npm run keyledger -- reconstruct {fingerprint}</pre>
      <div className={side.files}>
        <Button variant="default" size="xs" onClick={() => saveFile(`${serial}.pem`, pem, 'application/x-pem-file')}>
          PEM
        </Button>
        <Button
          variant="default"
          size="xs"
          onClick={() => der && saveFile(`${serial}.der`, der, 'application/pkix-cert')}
        >
          DER
        </Button>
      </div>
    </section>
  );
}
