/** What happens now: whether anything needs somebody, where each personalization stands, how far the record is sealed. */
import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useSubscription } from 'urql';
import { useAsk } from '../../api/use-ask.ts';
import { useSeal, useSealTold, withWitnesses } from '../../api/use-seal.ts';
import { useViewer } from '../../api/session.ts';
import { AlarmCount } from '../../app/shell.graphql.ts';
import { usePageKeys } from '../../app/keys.ts';
import { nowMs, useNow } from '../../clock.ts';
import { Asked } from '../../parts/Asked.tsx';
import { Key } from '../../parts/Key.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { HoldIcon } from '../../parts/icons.tsx';
import { duration } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { Alarms, NewestEvents } from './Events.tsx';
import { Figures } from './Figures.tsx';
import { Lists } from './Lists.tsx';
import css from './NowPage.module.css';
import { Runs } from './Runs.tsx';
import { Anything, ListsChanged, NewEvents, Now, Running } from './now.graphql.ts';

const EVERY_MS = 5000;

export function NowPage() {
  const mayRead = useViewer().roles.some((role) => role === 'auditor' || role === 'administrator');
  const [isHeld, setHeld] = useState(false);
  const now = useAsk(Now, {});
  const running = useAsk(Running, {});
  const events = useAsk(NewEvents, {}, { pause: !mayRead });
  const alarms = useAsk(AlarmCount, {});
  const told = useSealTold();
  const seal = withWitnesses(useSeal(), told);
  const lastAt = useLive(isHeld, mayRead, [now.again, running.again, alarms.again, ...(mayRead ? [events.again] : [])]);
  const hold = (): void => setHeld((before) => !before);
  usePageKeys(useMemo(() => ({ '.': hold }), []));
  return (
    <div className={css.page}>
      <div className={css.top}>
        <PageHead title={words.rooms.now}>
          <Live since={lastAt} isHeld={isHeld} />
          <Button
            variant="default"
            size="xs"
            leftSection={<HoldIcon size={14} />}
            rightSection={<Key>.</Key>}
            onClick={hold}
          >
            {isHeld ? words.now.goOn : words.now.hold}
          </Button>
        </PageHead>
        <Asked asked={now}>
          {({ trustLists }) => (
            <Figures
              alarms={alarms.data?.alarms ?? null}
              running={running.data?.personalizations.edges.map(({ node }) => node) ?? []}
              newest={events.data?.latest.edges[0]?.node.index ?? null}
              seal={seal}
              lists={trustLists.edges.map(({ node }) => node)}
            />
          )}
        </Asked>
      </div>
      {now.data !== undefined && <Runs runs={now.data.personalizations.edges.map(({ node }) => node)} />}
      <div className={css.columns}>
        <Alarms events={events.data?.alarms.edges.map(({ node }) => node) ?? null} mayRead={mayRead} />
        <Lists lists={now.data?.trustLists.edges.map(({ node }) => node) ?? []} seal={seal} told={told} />
        <NewestEvents events={events.data?.latest.edges.map(({ node }) => node) ?? null} mayRead={mayRead} />
      </div>
    </div>
  );
}

/** Asks again at each piece of news and every few seconds, unless it is held; answers when it last did. */
function useLive(isHeld: boolean, mayRead: boolean, asks: readonly (() => void)[]): number {
  const [lastAt, setLastAt] = useState(nowMs);
  const [{ data: event }] = useSubscription({ query: Anything, pause: !mayRead || isHeld });
  const [{ data: list }] = useSubscription({ query: ListsChanged, pause: isHeld });
  const tick = useNow(EVERY_MS);
  useEffect(() => {
    if (isHeld) return;
    for (const ask of asks) ask();
    setLastAt(nowMs());
  }, [event, list, tick, isHeld]);
  return lastAt;
}

function Live({ since, isHeld }: { readonly since: number; readonly isHeld: boolean }) {
  const now = useNow(1000);
  return (
    <span className={css.live} data-held={isHeld}>
      {isHeld ? words.now.held(duration(now - since)) : words.now.live}
    </span>
  );
}
