/** What can be asked of a module, in the state in which it is. */
import { words } from '../../words/words.ts';
import type { AskAct } from '../orders/Acts.tsx';
import type { OneModuleAnswer } from './fleet.graphql.ts';

const { who, not, ...text } = words.acts;

export function moduleActs(module: NonNullable<OneModuleAnswer['securityModule']>): readonly AskAct[] {
  const { serial, state, moduleClass, unit, links } = module;
  const known = { card: links.certificate?.card, unit: unit ?? undefined };
  const form = (kind: string, given: Readonly<Record<string, string | undefined>>): string => {
    const terms = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return `/orders/new/${kind}?${new URLSearchParams(terms.map(([name, value]) => [name, value])).toString()}`;
  };
  const noReset = state === 'operating' ? null : not.notOperating;
  const retired = state === 'retired' ? not.retired : null;
  return [
    {
      label: text.personalize,
      to: form('personalize', { serials: serial, moduleClass, ...known }),
      who: who.personalize,
      no: retired ?? (state === 'operating' ? not.operating : null),
    },
    {
      label: text.reset,
      to: form('reset', { serial, ...known }),
      who: who.erase,
      no: retired ?? noReset,
      tone: 'refused',
    },
    {
      label: text.transfer,
      to: form('transfer', { serial, ...known }),
      who: who.erase,
      no: retired ?? noReset,
      tone: 'refused',
    },
    {
      label: text.retireModule,
      to: form('retire-module', { serial }),
      who: who.retireModule,
      no: retired,
      tone: 'refused',
    },
  ];
}
