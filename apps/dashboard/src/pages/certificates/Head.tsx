/** Whose certificate it is, whether it was allowed, how sure, until when, and where it is in force. */
import { Assurance, Enforcement } from '../../parts/Assurance.tsx';
import { NameOf } from '../../parts/Named.tsx';
import { HeadFact, PageHead } from '../../parts/PageHead.tsx';
import { PlatformWord } from '../../parts/Platform.tsx';
import { type ProofState, ProofTag } from '../../parts/Proof.tsx';
import { Tag } from '../../parts/Tag.tsx';
import { words } from '../../words/words.ts';
import type { Certificate } from './shown.ts';
import css from './CertificatePage.module.css';

interface HeadProps {
  readonly certificate: Certificate;
  readonly state: ProofState;
}

export function Head({ certificate, state }: HeadProps) {
  const { serial, assurance, enforcement, station, links } = certificate;
  const place = [links.securityModule?.deliveredTo, links.securityModule?.site].filter((one) => one != null).join(', ');
  const text = words.certificate;
  return (
    <div className={css.head}>
      <PageHead
        over={text.over}
        title={serial}
        tag={
          <>
            <ProofTag state={state} proved={text.allowed} failed={text.notAllowed} />
            {certificate.state === 'revoked' && <Tag tone="refused">{text.revoked}</Tag>}
          </>
        }
        under={
          <>
            {place !== '' && <PlatformWord>{place}</PlatformWord>} <NameOf kind="machine" id={serial} isWhole />
          </>
        }
      >
        <HeadFact label={text.assurance}>
          <Assurance value={assurance} />
        </HeadFact>
        <HeadFact label={text.enforcement}>
          <Enforcement value={enforcement} />
        </HeadFact>
        <HeadFact label={text.state}>{certificate.state}</HeadFact>
        <HeadFact label={text.station}>{station ?? words.none}</HeadFact>
      </PageHead>
    </div>
  );
}
