/** How many orders wait for the reader's own decision; 0 for whoever decides none. */
import { useEffect } from 'react';
import { useSubscription } from 'urql';
import { useViewer } from '../api/session.ts';
import { useAsk } from '../api/use-ask.ts';
import { AnyOrder, WaitingForMe } from './shell.graphql.ts';

export function useWaiting(): number {
  const isApprover = useViewer().roles.includes('approver');
  const { data, again } = useAsk(WaitingForMe, {}, { pause: !isApprover });
  const [{ data: news }] = useSubscription({ query: AnyOrder, pause: !isApprover });
  useEffect(() => {
    if (isApprover) again();
  }, [isApprover, news, again]);
  return data?.inbox.filter(({ may }) => may).length ?? 0;
}
