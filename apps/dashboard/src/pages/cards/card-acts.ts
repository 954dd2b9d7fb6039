/** What can be asked of a chip card and its key, in the state in which it is. */
import { words } from '../../words/words.ts';
import type { AskAct } from '../orders/Acts.tsx';
import type { Card } from './shown.ts';

const { who, not, ...text } = words.acts;
/** States of SP 800-57 in which a key still has trust that can be taken from it. */
const TRUSTED: readonly string[] = ['active', 'suspended'];

export function actsOf({ card, cardKey, keyState, retired, divergences }: Card): readonly AskAct[] {
  const form = (kind: string, more = ''): string => `/orders/new/${kind}?card=${encodeURIComponent(card)}${more}`;
  const noKey = cardKey === null ? not.noKey : null;
  const wrongState = (...may: readonly string[]): string | null =>
    noKey ?? (may.includes(keyState) ? null : not.notActive(keyState));
  const isAlarming = divergences.some(({ healed, review }) => !healed && review === null);
  return [
    {
      label: text.suspend(card),
      to: form('suspend-signing-key'),
      who: who.suspend,
      no: wrongState('active'),
      tone: 'refused',
    },
    {
      label: text.disableStrict,
      to: form('disable-signing-key'),
      who: who.disable,
      no: wrongState(...TRUSTED),
      tone: 'refused',
    },
    {
      label: text.disableFrom,
      to: form('disable-signing-key', '&newest=1'),
      who: who.disableFrom,
      no: wrongState(...TRUSTED),
      tone: 'refused',
    },
    {
      label: text.compromise,
      to: form('compromise-signing-key'),
      who: who.compromise,
      no: wrongState(...TRUSTED, 'deactivated'),
      tone: 'refused',
    },
    { label: text.trust, to: form('trust-signing-key'), who: who.trust, no: wrongState('active') },
    {
      label: text.retrust,
      to: form('retrust-signing-key'),
      who: who.trust,
      no: keyState === 'suspended' ? null : not.notSuspended,
    },
    { label: text.review, to: form('review-divergence'), who: who.review, no: isAlarming ? null : not.noAlarm },
    { label: text.retireCard, to: form('retire-card'), who: who.retireCard, no: retired ? not.retired : null },
  ];
}
