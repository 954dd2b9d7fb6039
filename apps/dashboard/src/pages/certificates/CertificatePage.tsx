/** One certificate: who allowed it, built again from the record and compared octet for octet, and what one can take along. */
import { useEffect, useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import type { PageProps } from '../../app/routes.ts';
import { Deployment } from '../../app/shell.graphql.ts';
import { type CertificateStory, type Told, certificateStory } from '../../checks/certificate-story.ts';
import { isPinned } from '../../checks/pin.ts';
import { Asked } from '../../parts/Asked.tsx';
import { NotFound } from '../../parts/Notice.tsx';
import type { ProofState } from '../../parts/Proof.tsx';
import css from './CertificatePage.module.css';
import { Head } from './Head.tsx';
import { RebuiltSheet } from './RebuiltSheet.tsx';
import { Side } from './Side.tsx';
import { WhoAllowed } from './WhoAllowed.tsx';
import { OneCertificate, type OneCertificateAnswer, Rebuilt, type RebuiltAnswer } from './certificates.graphql.ts';

export type Certificate = NonNullable<OneCertificateAnswer['certificate']>;
export type Reconstruction = RebuiltAnswer['reconstruction'];

/** What the page has found out so far; null while it still computes. */
export interface Found {
  readonly story: CertificateStory | null;
  /** Milliseconds that it took. */
  readonly ms: number;
}

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

/** Proved where every single check holds. */
export function stateOf(found: Found | null): ProofState {
  if (found === null) return 'checking';
  return found.story !== null && Object.values(found.story.holds).every(Boolean) ? 'proved' : 'failed';
}

/** One check of many. */
export function tickOf(found: Found | null, name: keyof CertificateStory['holds']): ProofState {
  if (found === null) return 'checking';
  return found.story?.holds[name] === true ? 'proved' : 'failed';
}
