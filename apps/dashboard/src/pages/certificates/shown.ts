/** What the parts of a certificate's page hand to each other, and what the checks come to. */
import type { CertificateStory } from '../../checks/certificate-story.ts';
import type { ProofState } from '../../parts/Proof.tsx';
import type { OneCertificateAnswer, RebuiltAnswer } from './certificates.graphql.ts';

export type Certificate = NonNullable<OneCertificateAnswer['certificate']>;
export type Reconstruction = RebuiltAnswer['reconstruction'];

/** What the page has found out so far; null while it still computes. */
export interface Found {
  readonly story: CertificateStory | null;
  /** Milliseconds that it took. */
  readonly ms: number;
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
