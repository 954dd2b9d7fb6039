/** Who makes modules: the root of the founding, and those that approved orders let in, or let nothing new come from. */
import { type ManufacturerRoot, parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import {
  type ManufacturerCommand,
  type ManufacturerEvent,
  manufacturerDecider,
} from '#libs/domain/manufacturer/manufacturer.ts';
import { equal } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal, never, refuse } from '#libs/kernel/refusal.ts';
import { genesisOf } from './genesis.ts';
import { type Known, nameIn } from './known.ts';
import { actUnder, approvedOrder } from './orders.ts';
import { octetsOf } from './signatures.ts';
import { type StreamLife, lifeOf } from './stream-life.ts';

type DataOf<Type extends ManufacturerEvent['type']> = Extract<ManufacturerEvent, { type: Type }>['data'];

const OTHER = refuse('ACT_OTHER_THAN_ORDERED', 'What was done is not what the approved order says.');
const TWICE = refuse('MANUFACTURER_KEY_TWICE', 'The key of this root stands in another root already.');

/** ManufacturerKeyRegistered: the root that the order names by its hash, with a key that no other root has. */
export function manufacturerRegistered(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as DataOf<'ManufacturerKeyRegistered'>;
  const order = approvedOrder(known, said.order, 'register-manufacturer-key');
  if (isRefusal(order)) return order;
  const root = parseManufacturerRoot(octetsOf(said.certificate));
  if (isRefusal(root)) return root;
  const { manufacturer, root: ordered } = order;
  const named =
    said.manufacturer === manufacturer && said.root === ordered && event.stream === `manufacturer-${ordered}`;
  if (!named || root.id !== ordered) return OTHER;
  if ([...known.manufacturers.values()].some(({ spki }) => equal(spki, root.spki))) return TWICE;
  return done(known, event, { root, order: said.order });
}

/** ManufacturerKeyWithdrawn. */
export function manufacturerWithdrawn(known: Known, event: StoredEvent): Refusal | null {
  const said = event.data as DataOf<'ManufacturerKeyWithdrawn'>;
  const order = approvedOrder(known, said.order, 'withdraw-manufacturer-key');
  if (isRefusal(order)) return order;
  const root = known.manufacturers.get(nameIn(event.stream, 'manufacturer-'));
  if (root === undefined || root.id !== order.root || said.root !== order.root || said.reason !== order.reason)
    return OTHER;
  return done(known, event, { root: { ...root, isWithdrawn: true }, order: said.order });
}

function done(known: Known, { stream }: StoredEvent, it: { root: ManufacturerRoot; order: string }): null {
  known.manufacturers.set(it.root.id, it.root);
  known.acts.add(actUnder(it.order, stream));
  return null;
}

/** By its stream the founding is asked whether it names this root. */
export function manufacturerLife(): StreamLife {
  const begin = lifeOf(manufacturerDecider, (event: ManufacturerEvent, { known }): ManufacturerCommand => {
    const isFounded = hashId(octetsOf(genesisOf(known).founding.manufacturerRoot)) === event.data.root;
    return commandOf(event, isFounded);
  });
  return begin();
}

function commandOf(event: ManufacturerEvent, founded: boolean): ManufacturerCommand {
  switch (event.type) {
    case 'ManufacturerKeyRegistered':
      return { do: 'RegisterManufacturerKey', founded, ...event.data };
    case 'ManufacturerKeyWithdrawn':
      return { do: 'WithdrawManufacturerKey', founded, ...event.data };
    default:
      return never(event);
  }
}
