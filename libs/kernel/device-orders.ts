/** Templates of the orders that end or change the life of a card or module that is in the field already. */
import { common } from './order-members.ts';
import { closed, hash, integer, name, oneOf } from './template.ts';

const EPOCH_MAX = 0xffffffff;

/** One module in one epoch: whatever key it makes later is no business of this order. */
const erasing = { cardKey: hash, unit: name, serial: name, epoch: integer(1, EPOCH_MAX) } as const;

/** The module erases its key and stays in this deployment (S26e, S26f). */
export const reset = closed({ ...common, kind: oneOf('reset'), ...erasing });

/** The module erases its key and belongs to another deployment from then on. */
export const transfer = closed({ ...common, kind: oneOf('transfer'), ...erasing, newGenesis: hash });

const retirement = oneOf('end-of-life', 'broken', 'lost', 'replaced', 'drill');

export const retireCard = closed({ ...common, kind: oneOf('retire-card'), card: name, reason: retirement });

export const retireModule = closed({ ...common, kind: oneOf('retire-module'), serial: name, reason: retirement });

/** `set` and `previous` are hashes; the document travels beside the order. */
export const adoptApproverSet = closed({
  ...common,
  kind: oneOf('adopt-approver-set'),
  version: integer(2, 0xffffffff),
  set: hash,
  previous: hash,
});
