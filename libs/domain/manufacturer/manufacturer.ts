/**
 * A manufacturer's root: the first stands in the founding, every other is let in by an order. Withdrawn it certifies
 * nothing new, for ever; modules and cards that stood under it before stand.
 */
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import { never, refuse } from '#libs/kernel/refusal.ts';

export interface ManufacturerKey {
  /** What the approvers call him. */
  readonly manufacturer: string;
  /** SHA-256 of the certificate. */
  readonly root: string;
  /** Root certificate, DER, base64url. */
  readonly certificate: string;
  readonly order: string;
}

export type ManufacturerKeyRegistered = Fact<'ManufacturerKeyRegistered', ManufacturerKey>;
export type ManufacturerKeyWithdrawn = Fact<
  'ManufacturerKeyWithdrawn',
  { readonly root: string; readonly order: string; readonly reason: string }
>;
export type ManufacturerEvent = ManufacturerKeyRegistered | ManufacturerKeyWithdrawn;

/** `founded`: whether this root stands in the founding. */
export type ManufacturerCommand = { readonly founded: boolean } & (
  | ({ readonly do: 'RegisterManufacturerKey' } & ManufacturerKey)
  | ({ readonly do: 'WithdrawManufacturerKey' } & ManufacturerKeyWithdrawn['data'])
);

export type ManufacturerState =
  { readonly is: 'untouched' } | { readonly is: 'registered' | 'withdrawn'; readonly order: string };

/** By the hash of the root certificate. */
export const manufacturerStream = (root: string): string => `manufacturer-${root}`;

const UNKNOWN = refuse('MANUFACTURER_UNKNOWN', 'No manufacturer root of this hash was founded or registered.');
const WITHDRAWN = refuse(
  'MANUFACTURER_WITHDRAWN',
  'The manufacturer root was withdrawn for ever; register another one of his.',
);
const KNOWN = refuse('MANUFACTURER_KNOWN', 'This manufacturer root was founded or registered before.');

export const manufacturerDecider: Decider<ManufacturerState, ManufacturerCommand, ManufacturerEvent> = {
  initial: { is: 'untouched' },
  decide: (command, state) => {
    if (state.is !== 'untouched' && state.order === command.order) return [];
    if (state.is === 'withdrawn') return WITHDRAWN;
    const { root, order } = command;
    switch (command.do) {
      case 'RegisterManufacturerKey': {
        if (command.founded || state.is === 'registered') return KNOWN;
        const { manufacturer, certificate } = command;
        return [{ type: 'ManufacturerKeyRegistered', data: { manufacturer, root, certificate, order } }];
      }
      case 'WithdrawManufacturerKey':
        if (state.is === 'untouched' && !command.founded) return UNKNOWN;
        return [{ type: 'ManufacturerKeyWithdrawn', data: { root, order, reason: command.reason } }];
      default:
        return never(command);
    }
  },
  evolve: (_state, event) => {
    switch (event.type) {
      case 'ManufacturerKeyRegistered':
        return { is: 'registered', order: event.data.order };
      case 'ManufacturerKeyWithdrawn':
        return { is: 'withdrawn', order: event.data.order };
      default:
        return never(event);
    }
  },
};
