/** Witness of manufacturers: what is brought must be the root that the approved order names, and no key comes in twice. */
import { type ManufacturerRoot, parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import type { ManufacturerCommand } from '#libs/domain/manufacturer/manufacturer.ts';
import { equal, fromBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { witnessApproved } from './order.ts';

const OTHER = refuse('OTHER_KEY_THAN_ORDERED', 'The root certificate is not the one that the approved order names.');
const TWICE = refuse('MANUFACTURER_KEY_TWICE', 'The key of this root stands in another root already.');

/** Every root there is or was. */
export function manufacturerRoots({ manufacturers }: Facts): readonly ManufacturerRoot[] {
  return [...manufacturers.values()].map(({ root }) => root);
}

function isFounded({ manufacturers }: Facts, root: string): boolean {
  return manufacturers.get(root)?.registered === null;
}

export function witnessManufacturer(
  facts: Facts,
  it: { readonly order: string; readonly certificate: string; readonly now: Seconds },
): ManufacturerCommand | Refusal {
  const order = witnessApproved(facts, { id: it.order, kind: 'register-manufacturer-key', now: it.now });
  if (isRefusal(order)) return order;
  const shown = parseManufacturerRoot(fromBase64url(it.certificate) ?? new Uint8Array());
  if (isRefusal(shown)) return shown;
  const { manufacturer, root } = order;
  if (shown.id !== root) return OTHER;
  if (manufacturerRoots(facts).some((one) => one.id !== root && equal(one.spki, shown.spki))) return TWICE;
  const founded = isFounded(facts, root);
  return { do: 'RegisterManufacturerKey', founded, manufacturer, root, certificate: it.certificate, order: it.order };
}

export function witnessManufacturerWithdrawal(
  facts: Facts,
  { order: id, now }: { readonly order: string; readonly now: Seconds },
): ManufacturerCommand | Refusal {
  const order = witnessApproved(facts, { id, kind: 'withdraw-manufacturer-key', now });
  if (isRefusal(order)) return order;
  const { root, reason } = order;
  return { do: 'WithdrawManufacturerKey', founded: isFounded(facts, root), root, reason, order: id };
}
