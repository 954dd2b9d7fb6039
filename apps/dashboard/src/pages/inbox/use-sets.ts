/** The approver sets as this browser followed them from the pinned founding on; null while it still does. */
import { useEffect, useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { Deployment } from '../../app/shell.graphql.ts';
import type { ReadSet } from '../../checks/approver-set.ts';
import { approverSetIn } from '../../checks/certificate-story.ts';
import { isPinned } from '../../checks/pin.ts';
import { setsSince } from '../../checks/set-chain.ts';
import { Sets } from './inbox.graphql.ts';

export type SetsByHash = ReadonlyMap<string, ReadSet>;

const NONE: SetsByHash = new Map();

export function useSets(): SetsByHash | null {
  const deployment = useAsk(Deployment, {}, { once: true }).data?.deployment;
  const adopted = useAsk(Sets, {}).data?.approverSets.adopted;
  const [sets, setSets] = useState<SetsByHash | null>(null);
  useEffect(() => {
    if (deployment === undefined || adopted === undefined) return;
    let isWanted = true;
    void isPinned(deployment)
      .then((isOurs) => (isOurs ? setsSince(approverSetIn(deployment.founding), adopted) : NONE))
      .then((followed) => isWanted && setSets(followed));
    return () => {
      isWanted = false;
    };
  }, [deployment, adopted]);
  return sets;
}
