/** The people of the story, each signed in when first needed, with his own sign-in credential. */
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { PlatformClient } from '#libs/platform-client/platform-client.ts';
import { type Session, signIn } from '#libs/platform-client/sign-in.ts';
import type { House } from '../demo/house.ts';
import { CAST, type Who } from '../demo/people.ts';

export interface SignedInPerson {
  readonly session: Session;
  readonly client: PlatformClient;
}

export class Sessions {
  readonly #house: House;
  readonly #clock: Clock;
  readonly #people = new Map<Who, SignedInPerson>();

  constructor(house: House, clock: Clock) {
    this.#house = house;
    this.#clock = clock;
  }

  /** The session that he has, or a new one; throws `PlatformUnreachable` where nobody answers. */
  async of(who: Who): Promise<SignedInPerson | Refusal> {
    const known = this.#people.get(who);
    if (known !== undefined) return known;
    const { people, genesis } = this.#house.deployment;
    const { id: operator, signIn: key } = people.person(who);
    const url = this.#house.platformUrl;
    const session = await signIn({ url, operator, roles: CAST[who].roles, key, clock: this.#clock, genesis });
    if (isRefusal(session)) return session;
    const person = { session, client: new PlatformClient({ url, token: () => session.token }) };
    this.#people.set(who, person);
    return person;
  }

  async close(): Promise<void> {
    for (const { client } of this.#people.values()) await client.close();
  }
}
