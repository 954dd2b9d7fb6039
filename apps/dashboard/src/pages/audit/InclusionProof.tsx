/** The proof as this browser found it: the path from the event to the signed root, step by step, or what does not hold. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Facts } from '../../parts/Facts.tsx';
import { ProofTag } from '../../parts/Proof.tsx';
import { SectionHead } from '../../parts/Sheet.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { inFours } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import css from './EventSheet.module.css';
import { ProofPath } from './ProofPath.tsx';
import type { Checked, ShownEvent } from './shown.ts';

const LATE_MS = 30_000;
const AGAIN_MS = 1000;

interface InclusionProofProps {
  readonly judgement: Checked;
  readonly proof: ShownEvent['proof'];
  readonly index: number;
  readonly askAgain: () => void;
}

export function InclusionProof({ judgement, proof, index, askAgain }: InclusionProofProps) {
  if (judgement.state === 'unsealed' || proof === null) return <NotSealed askAgain={askAgain} />;
  const { entry, root } = judgement.state === 'proved' ? judgement : { entry: null, root: null };
  return (
    <div className={css.section}>
      <SectionHead title={words.event.proof}>
        <ProofTag state={judgement.state} proved={words.event.proved} failed={words.event.notProved} />
      </SectionHead>
      <ProofPath steps={proof.path.length} state={judgement.state} />
      {judgement.state === 'failed' && (
        <div className={css.failed} role="alert">
          <strong>{words.event.fails[judgement.fails]}</strong>
          <p>{words.event.failsHelp}</p>
          <Button variant="default" size="xs" onClick={() => saveFile(`checkpoint-${index}.txt`, proof.checkpoint)}>
            {words.event.save}
          </Button>
        </div>
      )}
      {entry !== null && (
        <Facts
          labels={78}
          facts={[
            { label: words.event.entry, value: <span className="mono">{inFours(entry)}</span> },
            { label: words.event.root, value: <span className="mono">{inFours(root)}</span> },
          ]}
        />
      )}
    </div>
  );
}

/** Neutral and dashed at first; amber where it takes too long. It asks again by itself. */
function NotSealed({ askAgain }: { readonly askAgain: () => void }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const late = setTimeout(() => setLate(true), LATE_MS);
    const again = setInterval(askAgain, AGAIN_MS);
    return () => {
      clearTimeout(late);
      clearInterval(again);
    };
  }, [askAgain]);
  return (
    <div className={css.section}>
      <SectionHead title={words.event.proof} />
      <p className={css.unsealed} data-late={isLate}>
        {words.event.notSealed}
      </p>
    </div>
  );
}
