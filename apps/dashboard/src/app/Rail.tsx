/** The rooms, and below them how far the record is sealed and who is signed in. */
import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMutation } from 'urql';
import { type SealTold, useSeal, useSealTold } from '../api/use-seal.ts';
import { end, useViewer } from '../api/session.ts';
import { useNow } from '../clock.ts';
import { ROOM_ICONS, type RoomIcon, Mark, SchemeIcon, SignOutIcon } from '../parts/icons.tsx';
import { number } from '../words/format.ts';
import { words } from '../words/words.ts';
import { Link } from './Link.tsx';
import css from './Shell.module.css';
import { usePlace } from './place.ts';
import { SignOut } from './shell.graphql.ts';
import { NameOf } from '../parts/Named.tsx';
import { useAlarmCount } from './use-alarms.ts';
import { useWaiting } from './use-waiting.ts';

const ROOMS: readonly { readonly to: string; readonly name: keyof typeof words.rooms; readonly icon: RoomIcon }[] = [
  { to: '/inbox', name: 'inbox', icon: 'inbox' },
  { to: '/now', name: 'now', icon: 'now' },
  { to: '/audit', name: 'audit', icon: 'audit' },
  { to: '/fleet', name: 'fleet', icon: 'fleet' },
  { to: '/cards', name: 'cards', icon: 'cards' },
  { to: '/certificates', name: 'certificates', icon: 'certificates' },
  { to: '/trust-lists', name: 'trustLists', icon: 'trustLists' },
  { to: '/numbers', name: 'numbers', icon: 'numbers' },
];

export function Rail({ isOpen }: { readonly isOpen: boolean }) {
  const { path } = usePlace();
  const waiting = useWaiting();
  const alarms = useAlarmCount() ?? 0;
  return (
    <nav className={css.rail} data-open={isOpen}>
      <Link to="/" className={css.brand}>
        <Mark /> <span>{words.product}</span>
      </Link>
      <ul className={css.rooms}>
        {ROOMS.map(({ to, name, icon }) => {
          const Icon = ROOM_ICONS[icon];
          const isHere = path === to || path.startsWith(`${to}/`);
          return (
            <li key={to}>
              <Link to={to} className={css.room} aria-current={isHere ? 'page' : undefined}>
                <Icon /> {words.rooms[name]}
                {name === 'inbox' && waiting > 0 && (
                  <span className={css.badge} title={words.rail.waiting(waiting)}>
                    {waiting}
                  </span>
                )}
                {name === 'now' && alarms > 0 && (
                  <span className={css.badge} data-tone="refused" title={words.alarms.open(alarms)}>
                    {alarms}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      <Foot alarms={alarms} />
    </nav>
  );
}

function Foot({ alarms }: { readonly alarms: number }) {
  const viewer = useViewer();
  const now = new Date(useNow());
  const seal = useSeal();
  const told = useSealTold();
  const [, signOut] = useMutation(SignOut);
  const leave = async (): Promise<void> => {
    await signOut({ id: crypto.randomUUID() });
    end();
  };
  return (
    <div className={css.foot}>
      <dl className={css.facts}>
        <dt>{words.rail.sealed}</dt>
        <dd className="mono">{seal === null ? '' : number(seal.size)}</dd>
        <Witnesses told={told} />
        <dt>
          <Link to="/alarms">{words.rail.alarms}</Link>
        </dt>
        <dd className="mono" data-tone={alarms > 0 ? 'refused' : 'ink'}>
          {number(alarms)}
        </dd>
        <dt>{words.rail.utc}</dt>
        <dd className="mono">{now.toISOString().slice(11, 19)}</dd>
      </dl>
      {told?.standstill != null && (
        <p className={css.standstill} role="alert">
          <strong>{words.seal.standstill}</strong> {told.standstill}
        </p>
      )}
      <p className={css.note}>{words.names.note}</p>
      <div className={css.viewer}>
        <div>
          <strong>
            {viewer.operator} <NameOf kind="person" id={viewer.operator} />
          </strong>
          <span className={css.role}>{viewer.roles.map((role) => words.roles[role] ?? role).join(', ')}</span>
        </div>
        <Scheme />
        <ActionIcon
          variant="subtle"
          color="ink"
          onClick={() => void leave()}
          aria-label={words.signOut}
          title={words.signOut}
        >
          <SignOutIcon />
        </ActionIcon>
      </div>
    </div>
  );
}

/** How many cosigned without a problem when they were asked last. */
function Witnesses({ told }: { readonly told: SealTold | null }) {
  if (told === null || told.witnesses.length === 0) return null;
  const well = told.witnesses.filter(({ size, problem }) => size !== null && problem === null).length;
  const why = told.witnesses.map(({ name, problem }) => (problem === null ? name : `${name}: ${problem}`)).join('\n');
  return (
    <>
      <dt>{words.rail.witnesses}</dt>
      <dd className="mono" data-tone={well < told.witnesses.length ? 'owed' : 'ink'} title={why}>
        {words.seal.of(well, told.witnesses.length)}
      </dd>
    </>
  );
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light');
  return (
    <ActionIcon
      variant="subtle"
      color="ink"
      onClick={() => setColorScheme(shown === 'dark' ? 'light' : 'dark')}
      aria-label={words.scheme}
      title={words.scheme}
    >
      <SchemeIcon />
    </ActionIcon>
  );
}
