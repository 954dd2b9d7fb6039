/** The proof of an event as this browser finds it; until then it is being checked, and nothing is green. */
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { Deployment } from '../../app/shell.graphql.ts';
import { type Judgement, judgeEvent } from '../../checks/event-proof.ts';
import { pinned } from '../../checks/pin.ts';
import type { Checked, ShownEvent } from './shown.ts';

export function useJudgement(event: ShownEvent): Checked {
  const [{ data }] = useQuery({ query: Deployment, requestPolicy: 'cache-first' });
  const [checked, setChecked] = useState<{ readonly of: ShownEvent; readonly is: Judgement } | null>(null);
  const deployment = data?.deployment;
  useEffect(() => {
    let isWanted = true;
    if (event.proof !== null && deployment !== undefined)
      void judgeEvent(event, event.proof, pinned(deployment)).then((is) => {
        if (isWanted) setChecked({ of: event, is });
      });
    return () => {
      isWanted = false;
    };
  }, [event, deployment]);
  if (event.proof === null) return { state: 'unsealed' };
  return checked?.of === event ? checked.is : { state: 'checking' };
}
