/** Who asks in a story: its people, each signed in when first needed with his own credential; the unit; and nobody. */
import type { Clock } from '#libs/kernel/clock.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { BEARER_LIFE, bearerToken } from '#libs/platform-client/bearer.ts';
import { PlatformClient, PlatformUnreachable, type Receipt } from '#libs/platform-client/platform-client.ts';
import { type Session, signIn } from '#libs/platform-client/sign-in.ts';
import { keyAt } from '../demo/found.ts';
import type { House } from '../demo/house.ts';
import { UNIT } from '../demo/names.ts';
import { CAST, type Who } from '../demo/people.ts';
import { StoryBroken } from './teller.ts';

export type By = Who | 'unit' | 'nobody';

export interface SignedInPerson {
  readonly session: Session;
  readonly client: PlatformClient;
}

type Addressed = Pick<House, 'deployment' | 'platformUrl'>;

const [WAIT_MS, PAUSE_MS] = [30_000, 200];

/** A session is opened anew so long before the old one ends, seconds. */
const AHEAD = 60;

export class Callers {
  readonly #house: Addressed;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #people = new Map<Who, SignedInPerson>();
  readonly #unit: PlatformClient;
  readonly #nobody: PlatformClient;

  constructor(house: Addressed, clock: Clock, signal?: AbortSignal) {
    this.#house = house;
    this.#clock = clock;
    this.#signal = signal;
    this.#unit = new PlatformClient({ url: house.platformUrl, token: () => unitToken(house, clock) });
    this.#nobody = new PlatformClient({ url: house.platformUrl, token: () => null });
  }

  /** An operation under the id given, again for as long as nobody answers. */
  submit(
    { by, operation }: { readonly by: By; readonly operation: string },
    types: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Receipt | Refusal> {
    return this.#patiently(async () => {
      const client = await this.#clientOf(by);
      return isRefusal(client) ? client : client.submit(operation, types, values);
    });
  }

  /** A question; throws `StoryBroken` where he who asks is not let in. */
  ask<T>(by: By, query: string, values: Readonly<Record<string, unknown>>): Promise<T> {
    return this.#patiently(async () => {
      const client = await this.#clientOf(by);
      if (isRefusal(client)) throw new StoryBroken(client);
      return client.ask<T>(query, values);
    });
  }

  /** The session that a person has, or a new one, opened by his own signature. */
  signedIn(who: Who): Promise<SignedInPerson | Refusal> {
    return this.#patiently(() => this.#signedIn(who));
  }

  async close(): Promise<void> {
    const people = [...this.#people.values()].map(({ client }) => client);
    for (const client of [this.#unit, this.#nobody, ...people]) await client.close();
  }

  #clientOf(by: By): Promise<PlatformClient | Refusal> {
    if (by === 'unit') return Promise.resolve(this.#unit);
    if (by === 'nobody') return Promise.resolve(this.#nobody);
    return this.#signedIn(by).then((person) => (isRefusal(person) ? person : person.client));
  }

  async #signedIn(who: Who): Promise<SignedInPerson | Refusal> {
    const known = this.#people.get(who);
    if (known !== undefined && known.session.until > this.#clock.seconds() + AHEAD) return known;
    const { people, genesis } = this.#house.deployment;
    const { id: operator, signIn: key } = people.person(who);
    const url = this.#house.platformUrl;
    const session = await signIn({ url, operator, roles: CAST[who].roles, key, clock: this.#clock, genesis });
    if (isRefusal(session)) return session;
    const person = { session, client: new PlatformClient({ url, token: () => session.token }) };
    this.#people.set(who, person);
    await known?.client.close();
    return person;
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PlatformUnreachable) || waitedMs > WAIT_MS || this.#signal?.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}

function unitToken({ deployment }: Addressed, clock: Clock): string {
  const credential = keyAt(deployment.places.unit.credential, 'P-256');
  return bearerToken({ aud: deployment.genesis, exp: clock.seconds() + BEARER_LIFE, sub: `unit:${UNIT}` }, credential);
}
