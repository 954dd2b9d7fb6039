/** Where one begins: whoever decides at the inbox, whoever audits at the trail, all others at what happens now. */
import { useEffect } from 'react';
import { useViewer } from '../../api/session.ts';
import { go } from '../../app/place.ts';

export function HomePage() {
  const { operator, roles } = useViewer();
  useEffect(() => {
    if (operator !== '')
      go(
        roles.includes('approver') || roles.includes('requester')
          ? '/inbox'
          : roles.includes('auditor')
            ? '/audit'
            : '/now',
        { replace: true },
      );
  }, [operator, roles]);
  return null;
}
