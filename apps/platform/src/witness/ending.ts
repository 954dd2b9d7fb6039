/** Witness of what ends a life: a reset by the module's own word, a retirement by its order. */
import { parseIdentity } from '#libs/certificates/authority.ts';
import type { ChipCardCommand } from '#libs/domain/chip-card/chip-card.ts';
import type { SecurityModuleCommand } from '#libs/domain/security-module/security-module.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import type { Seconds } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { judgeReset } from '#libs/proof/module-reset.ts';
import type { Facts } from '../board-facts.ts';
import { witnessApproved } from './order.ts';

export interface ResetSaid {
  readonly order: string;
  /** The module's word, and its signature by its identity key, base64url. */
  readonly statement: string;
  readonly signature: string;
}

type ModuleCommand<K extends SecurityModuleCommand['do']> = Extract<SecurityModuleCommand, { do: K }>;
interface Found<Command> {
  readonly of: string;
  readonly found: Command | Refusal;
}

/** The unit that the order names brings what the module signed. Told late it is taken all the same: the key is gone. */
export function witnessReset(
  facts: Facts,
  it: ResetSaid & { readonly unit: string; readonly now: Seconds },
): Found<ModuleCommand<'ResetModule'>> {
  const stored = facts.orders.get(it.order)?.state.order;
  const kind = stored?.kind === 'transfer' ? 'transfer' : 'reset';
  const now = Math.min(it.now, stored?.notAfter ?? it.now);
  const order = witnessApproved(facts, { id: it.order, kind, now });
  if (isRefusal(order)) return { of: 'unknown', found: order };
  const { serial, epoch } = order;
  if (order.unit !== it.unit)
    return { of: serial, found: refuse('WRONG_UNIT', 'The order names another personalization unit.') };
  const identity = parseIdentity(fromBase64url(facts.identities.get(serial) ?? '') ?? new Uint8Array());
  if (isRefusal(identity)) return { of: serial, found: MODULE_UNKNOWN };
  const transferredTo = order.kind === 'transfer' ? order.newGenesis : null;
  const said = { epoch, order: it.order, transferredTo, statement: it.statement, signature: it.signature };
  const { genesis } = facts;
  const refusal = judgeReset({ order, said, serial, genesis, identitySpki: identity.spki });
  return { of: serial, found: refusal ?? { do: 'ResetModule', ...said } };
}

const MODULE_UNKNOWN = refuse('MODULE_UNKNOWN', 'No module of this serial is recorded.');

interface ByOrder {
  readonly order: string;
  readonly now: Seconds;
}

export function witnessModuleRetirement(
  facts: Facts,
  { order: id, now }: ByOrder,
): Found<ModuleCommand<'RetireModule'>> {
  const order = witnessApproved(facts, { id, kind: 'retire-module', now });
  if (isRefusal(order)) return { of: 'unknown', found: order };
  return { of: order.serial, found: { do: 'RetireModule', order: id, reason: order.reason } };
}

export function witnessCardRetirement(
  facts: Facts,
  { order: id, now }: ByOrder,
): Found<Extract<ChipCardCommand, { do: 'RetireCard' }>> {
  const order = witnessApproved(facts, { id, kind: 'retire-card', now });
  if (isRefusal(order)) return { of: 'unknown', found: order };
  return { of: order.card, found: { do: 'RetireCard', order: id, reason: order.reason } };
}
