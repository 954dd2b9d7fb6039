/** Links into the dashboard, one for each person of the demo who has something to do there: each is a session of an hour. */
import { systemClock } from '#libs/kernel/clock.ts';
import { SIGN_IN_LIFE_MAX } from '#libs/kernel/sign-in.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { knownDemo } from './known-demo.ts';
import { CAST, type Who } from './people.ts';

const AT_THE_DASHBOARD: readonly Who[] = ['anna', 'bo', 'clara', 'dora', 'rita', 'ada'];
/** A moment less than what is allowed: the clock goes on while the platform is asked. */
const LIFE = SIGN_IN_LIFE_MAX - 5;

export interface DemoLink {
  readonly called: string;
  readonly roles: readonly string[];
  /** The token stands behind `#`: a browser tells it to no server. */
  readonly address: string;
}

/** Signs each of them in. `shown` is the address that people open, `url` the one that answers here. */
export async function demoLinks(it: {
  readonly folder: string;
  readonly url: string;
  readonly shown: string;
}): Promise<readonly DemoLink[]> {
  const demo = knownDemo(it.folder);
  const { genesis } = demo;
  const links: DemoLink[] = [];
  for (const who of AT_THE_DASHBOARD) {
    const { id: operator, called, roles } = CAST[who];
    const key = demo.personWho(({ id }) => id === operator)?.signIn;
    if (key === undefined) continue;
    const session = await signIn({ url: it.url, operator, roles, key, genesis, clock: systemClock, life: LIFE });
    if (isRefusal(session)) continue;
    links.push({ called, roles, address: `${it.shown}/#session=${session.token}&genesis=${genesis}` });
  }
  return links;
}

/** One line for each, the address last so that a terminal makes a link of it. */
export function linkLines(links: readonly DemoLink[]): readonly string[] {
  return links.map(({ called, roles, address }) => `  ${`${called}, ${roles.join(' and ')}`.padEnd(32)} ${address}`);
}
