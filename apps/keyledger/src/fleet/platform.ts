/** Everything that the fleet's verbs ask of the platform, in one place: who asks, and under which id, so that a repeat is found. */
import { type Proof, signDetached } from '#libs/kernel/detached-jws.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { PlatformClient, PlatformUnreachable, type Receipt } from '#libs/platform-client/platform-client.ts';
import type { ModulePaper } from '../demo/papers.ts';
import type { Who } from '../demo/people.ts';
import { type World, type WrittenOrder, pause } from '../story/world.ts';

const [ASK_AGAIN_MS, PATIENCE_MS] = [250, 30_000];

/** An order as the platform shows it to whoever is to approve it. */
export interface ShownOrder {
  readonly bytes: string;
  readonly serials: readonly string[];
}

type Outcome = Promise<Receipt | Refusal>;

export class FleetPlatform {
  readonly #world: World;
  readonly #questions: PlatformClient;

  constructor(world: World) {
    this.#world = world;
    this.#questions = new PlatformClient({ url: world.house.platformUrl, token: () => null });
  }

  /** The manufacturer's paper says what module there is. */
  register(serial: string, paper: ModulePaper): Outcome {
    return this.#world.attempt(
      `register ${serial}`,
      'registerModule',
      { identity: 'String!', identityCa: 'String!' },
      paper,
    );
  }

  /** On the spot, with the unit's own credential. */
  receive(serial: string): Outcome {
    return this.#world.attemptAsUnit(`receive ${serial}`, 'receiveModule', { serial: 'String!' }, { serial });
  }

  place(serial: string, site: string): Outcome {
    const types = { serial: 'String!', site: 'String!' };
    return this.#world.attemptAsUnit(`place ${serial} at ${site}`, 'placeModule', types, { serial, site });
  }

  request(who: Who, order: WrittenOrder, serials: readonly string[]): Outcome {
    const types = { bytes: 'String!', serials: '[String!]', proof: 'ProofInput!' };
    const values = { bytes: order.text, serials, proof: this.#signed(who, order.text) };
    return this.#world.attempt(`request ${order.name}`, 'requestOrder', types, values);
  }

  /** He signs the bytes that he was shown, and no others. */
  approve(who: Who, order: WrittenOrder, shown: ShownOrder): Outcome {
    const types = { order: 'ID!', proof: 'ProofInput!' };
    const values = { order: order.id, proof: this.#signed(who, shown.bytes) };
    return this.#world.attempt(`approve ${order.name} ${who}`, 'approveOrder', types, values);
  }

  /** Null where the platform knows no such order. */
  async shown(order: string): Promise<ShownOrder | null> {
    const query = 'query($id: ID!) { order(id: $id) { bytes serials } }';
    for (let waitedMs = 0; ; waitedMs += ASK_AGAIN_MS) {
      try {
        return (await this.#questions.ask<{ order: ShownOrder | null }>(query, { id: order })).order;
      } catch (error) {
        if (!(error instanceof PlatformUnreachable) || waitedMs > PATIENCE_MS) throw error;
        await pause(ASK_AGAIN_MS);
      }
    }
  }

  #signed(who: Who, text: string): Proof {
    return signDetached('keyledger-approval+jws', utf8(text), this.#world.keyOf(who));
  }

  close(): Promise<void> {
    return this.#questions.close();
  }
}
