/** Everything that the fleet's verbs ask of the platform, in one place: who asks, and under which id, so that a repeat is found. */
import { type Proof, signDetached } from '#libs/kernel/detached-jws.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { Receipt } from '#libs/platform-client/platform-client.ts';
import type { ModulePaper } from '../demo/papers.ts';
import type { Who } from '../demo/people.ts';
import type { World, WrittenOrder } from '../story/world.ts';

/** An order as the platform shows it to whoever is to approve it. */
export interface ShownOrder {
  readonly bytes: string;
  readonly serials: readonly string[];
}

type Outcome = Promise<Receipt | Refusal>;

export class FleetPlatform {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** The manufacturer's paper says what module there is. */
  register(serial: string, paper: ModulePaper): Outcome {
    const types = { identity: 'String!', identityCa: 'String!' };
    return this.#world.attempt({ by: 'tom', name: `register ${serial}`, operation: 'registerModule' }, types, paper);
  }

  /** On the spot, with the unit's own credential. */
  receive(serial: string): Outcome {
    const step = { by: 'unit', name: `receive ${serial}`, operation: 'receiveModule' } as const;
    return this.#world.attempt(step, { serial: 'String!' }, { serial });
  }

  place(serial: string, site: string): Outcome {
    const types = { serial: 'String!', site: 'String!' };
    const step = { by: 'unit', name: `place ${serial} at ${site}`, operation: 'placeModule' } as const;
    return this.#world.attempt(step, types, { serial, site });
  }

  request(who: Who, order: WrittenOrder, serials: readonly string[]): Outcome {
    const types = { bytes: 'String!', serials: '[String!]', proof: 'ProofInput!' };
    const values = { bytes: order.text, serials, proof: this.#signed(who, order.text) };
    return this.#world.attempt({ by: who, name: `request ${order.name}`, operation: 'requestOrder' }, types, values);
  }

  /** He signs the bytes that he was shown, and no others. */
  approve(who: Who, order: WrittenOrder, shown: ShownOrder): Outcome {
    const types = { order: 'ID!', proof: 'ProofInput!' };
    const values = { order: order.id, proof: this.#signed(who, shown.bytes) };
    const step = { by: who, name: `approve ${order.name} ${who}`, operation: 'approveOrder' };
    return this.#world.attempt(step, types, values);
  }

  /** As an approver is shown it; null where the platform knows no such order. */
  async shown(order: string, who: Who = 'anna'): Promise<ShownOrder | null> {
    const query = 'query($id: ID!) { order(id: $id) { bytes serials } }';
    return (await this.#world.callers.ask<{ order: ShownOrder | null }>(who, query, { id: order })).order;
  }

  #signed(who: Who, text: string): Proof {
    return signDetached('keyledger-approval+jws', utf8(text), this.#world.keyOf(who));
  }
}
