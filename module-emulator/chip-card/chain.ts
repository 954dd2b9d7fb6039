/** Command chaining (ISO 7816-4 §5.3.3): the links of one command become one command, bounded. */
import type { Command } from '#libs/chip-card-protocol/apdu.ts';
import { CLA_CHAINED } from '#libs/chip-card-protocol/commands.ts';
import { concat } from '#libs/kernel/bytes.ts';
import type { CardSession } from './session.ts';

/** An approver set of 64 KiB fits; nothing longer is ever asked for. */
export const CHAIN_OCTETS_MAX = 70_000;

/** The whole command at its last link, `more` before, `broken` when a link is of another command or there is too much. */
export function joined(session: CardSession, link: Command): Command | 'more' | 'broken' {
  const { chain } = session;
  session.chain = null;
  const cla = link.cla & ~CLA_CHAINED;
  const header = [cla, link.ins, link.p1, link.p2].join(' ');
  if (chain !== null && chain.header !== header) return 'broken';
  const data = concat(chain?.data ?? new Uint8Array(), link.data);
  if (data.length > CHAIN_OCTETS_MAX) return 'broken';
  if (cla === link.cla) return { ...link, data };
  session.chain = { header, data };
  return 'more';
}
