/** One certificate: who allowed it, built again from the record and compared octet for octet, and what one can take along. */
import { useEffect, useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import type { PageProps } from '../../app/page.ts';
import { Deployment } from '../../app/shell.graphql.ts';
import { type Told, certificateStory } from '../../checks/certificate-story.ts';
import { isPinned } from '../../checks/pin.ts';
import { Asked } from '../../parts/Asked.tsx';
import { NotFound } from '../../parts/Notice.tsx';
import css from './CertificatePage.module.css';
import { Head } from './Head.tsx';
import { RebuiltSheet } from './RebuiltSheet.tsx';
import { Side } from './Side.tsx';
import { WhoAllowed } from './WhoAllowed.tsx';
import { OneCertificate, Rebuilt } from './certificates.graphql.ts';
import { type Certificate, type Found, stateOf } from './shown.ts';

export function CertificatePage({ parts }: PageProps) {
  const fingerprint = parts[0] ?? '';
  const asked = useAsk(OneCertificate, { fingerprint });
  return (
    <Asked asked={asked}>
      {({ certificate, approverSets }) =>
        certificate === null ? <NotFound /> : <Whole certificate={certificate} adopted={approverSets.adopted} />
      }
    </Asked>
  );
}

interface WholeProps {
  readonly certificate: Certificate;
  readonly adopted: Told['adopted'];
}

function Whole({ certificate, adopted }: WholeProps) {
  const { fingerprint } = certificate;
  const rebuilt = useAsk(Rebuilt, { fingerprint });
  const deployment = useAsk(Deployment, {}, { once: true }).data?.deployment;
  const [found, setFound] = useState<Found | null>(null);
  const reconstruction = rebuilt.data?.reconstruction;
  useEffect(() => {
    const { order } = certificate.links;
    if (reconstruction === undefined || deployment === undefined || order === null) return;
    const started = performance.now();
    const { pem, leasedAt } = reconstruction;
    const { founding } = deployment;
    const told: Told = { fingerprint, pem, serial: certificate.serial, order, leasedAt, founding, adopted };
    let isWanted = true;
    setFound(null);
    void isPinned(deployment)
      .then((isOurs) => (isOurs ? certificateStory(told) : null))
      .catch(() => null)
      .then((story) => isWanted && setFound({ story, ms: performance.now() - started }));
    return () => {
      isWanted = false;
    };
  }, [certificate, adopted, fingerprint, reconstruction, deployment]);
  return (
    <div className={css.page}>
      <Head certificate={certificate} state={stateOf(found)} />
      <WhoAllowed certificate={certificate} reconstruction={reconstruction ?? null} found={found} />
      <RebuiltSheet
        fingerprint={fingerprint}
        reconstruction={reconstruction ?? null}
        fault={rebuilt.fault}
        again={rebuilt.again}
      />
      <Side certificate={certificate} reconstruction={reconstruction ?? null} found={found} />
    </div>
  );
}
