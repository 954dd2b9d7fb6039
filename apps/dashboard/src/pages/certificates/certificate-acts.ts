/** How a certificate falls: with the key of its card, or with the key of its module. Alone it is never revoked. */
import { words } from '../../words/words.ts';
import type { AskAct } from '../orders/Acts.tsx';
import type { Certificate } from './shown.ts';

const { who, not, ...text } = words.acts;

export function certificateActs({ card, serial, links }: Certificate): readonly AskAct[] {
  const state = links.key?.state ?? '';
  const by = `card=${encodeURIComponent(card)}`;
  const no = state === 'active' || state === 'suspended' ? null : not.notActive(state === '' ? '?' : state);
  return [
    {
      label: text.reset,
      to: `/orders/new/reset?serial=${encodeURIComponent(serial)}&${by}`,
      who: who.erase,
      no: null,
      tone: 'refused',
    },
    {
      label: text.disableFrom,
      to: `/orders/new/disable-signing-key?${by}&newest=1`,
      who: who.disableFrom,
      no,
      tone: 'refused',
    },
    { label: text.disableStrict, to: `/orders/new/disable-signing-key?${by}`, who: who.disable, no, tone: 'refused' },
    {
      label: text.compromise,
      to: `/orders/new/compromise-signing-key?${by}`,
      who: who.compromise,
      no,
      tone: 'refused',
    },
  ];
}
