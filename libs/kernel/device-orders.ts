/** Orders that end or change the life of a card or module that is in the field already. */
import { common, kind } from './order-parts.ts';
import { type Read, closed, hash, integer, name, oneOf } from './template.ts';

const EPOCH_MAX = 0xffffffff;

/** One module in one epoch: whatever key it makes later is no business of this order. */
const erasing = { cardKey: hash, unit: name, serial: name, epoch: integer(1, EPOCH_MAX) } as const;

/** The module erases its key and stays in this deployment (S26e, S26f). */
const reset = closed({ ...common, kind: oneOf('reset'), ...erasing });

/** The module erases its key and belongs to another deployment from then on. */
const transfer = closed({ ...common, kind: oneOf('transfer'), ...erasing, newGenesis: hash });

const retirement = oneOf('end-of-life', 'broken', 'lost', 'replaced', 'drill');

const retireCard = closed({ ...common, kind: oneOf('retire-card'), card: name, reason: retirement });

const retireModule = closed({ ...common, kind: oneOf('retire-module'), serial: name, reason: retirement });

export const DEVICE_ORDERS = {
  reset: kind<Read<typeof reset>>({
    template: reset,
    personsMin: 2,
    widens: true,
    sentence: (o) => `Reset module ${o.serial}: it erases the key of epoch ${o.epoch}, by unit ${o.unit}.`,
  }),
  transfer: kind<Read<typeof transfer>>({
    template: transfer,
    personsMin: 2,
    widens: true,
    sentence: (o) =>
      `Transfer module ${o.serial} to deployment ${o.newGenesis}: it erases the key of epoch ${o.epoch}, by unit ${o.unit}.`,
  }),
  'retire-card': kind<Read<typeof retireCard>>({
    template: retireCard,
    personsMin: 2,
    sentence: (o) => `Retire chip card ${o.card} for good: ${o.reason}.`,
  }),
  'retire-module': kind<Read<typeof retireModule>>({
    template: retireModule,
    personsMin: 2,
    sentence: (o) => `Retire module ${o.serial} for good: ${o.reason}.`,
  }),
} as const;
