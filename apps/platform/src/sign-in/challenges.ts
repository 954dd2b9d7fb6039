/**
 * Challenges for signing in. The platform remembers none that it hands out: a challenge proves by itself that it was made
 * here and when, so that whoever asks for many costs nothing. Remembered is only that one was redeemed, until it is too old.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { concat, fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Clock, Seconds } from '#libs/kernel/clock.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

/** A challenge is good for this long, seconds, unless told. */
export const CHALLENGE_LIFE: Seconds = 60;

const [TIME, RANDOM, MAC] = [8, 16, 24] as const;

const NOT_OURS = refuse(
  'SIGN_IN_CHALLENGE',
  'The challenge was not made here, or before the platform was started again; ask for a new one.',
);
const USED = refuse('SIGN_IN_CHALLENGE_USED', 'The challenge was used already; ask for a new one.');

export class Challenges {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #life: Seconds;
  /** Redeemed ones with the second at which they are too old, oldest first. */
  readonly #redeemed = new Map<string, Seconds>();

  /** `key`: of this process alone unless told, so that a challenge never outlives it; platforms of one log share one. */
  constructor(clock: Clock, life: Seconds = CHALLENGE_LIFE, key: Uint8Array = randomOctets(32)) {
    this.#key = key;
    this.#clock = clock;
    this.#life = life;
  }

  /** 48 octets, base64url: the second, 16 random octets, and a MAC over both. */
  make(): { readonly challenge: string; readonly goodUntil: Seconds } {
    const now = this.#clock.seconds();
    const time = new Uint8Array(TIME);
    new DataView(time.buffer).setBigUint64(0, BigInt(now));
    const body = concat(time, randomOctets(RANDOM));
    return { challenge: toBase64url(concat(body, this.#mac(body))), goodUntil: now + this.#life };
  }

  /** Null once for each challenge that is of here and of now; only for a statement that was signed by whom it names. */
  redeem(challenge: string): Refusal | null {
    const refusal = this.judge(challenge);
    if (refusal !== null) return refusal;
    const now = this.#clock.seconds();
    for (const [old, until] of this.#redeemed) if (until < now) this.#redeemed.delete(old);
    this.#redeemed.set(challenge, now + this.#life);
    return null;
  }

  /** Whether it could be redeemed now; it still can afterwards. */
  judge(challenge: string): Refusal | null {
    const octets = fromBase64url(challenge);
    if (octets?.length !== TIME + RANDOM + MAC) return NOT_OURS;
    const body = octets.slice(0, TIME + RANDOM);
    if (!timingSafeEqual(octets.slice(TIME + RANDOM), this.#mac(body))) return NOT_OURS;
    const goodUntil = Number(new DataView(body.buffer).getBigUint64(0)) + this.#life;
    if (this.#clock.seconds() > goodUntil)
      return refuse('SIGN_IN_CHALLENGE_OLD', `A challenge is good for ${this.#life} seconds; ask for a new one.`);
    return this.#redeemed.has(challenge) ? USED : null;
  }

  #mac(body: Uint8Array): Uint8Array {
    return Uint8Array.from(createHmac('sha256', this.#key).update(body).digest().subarray(0, MAC));
  }
}
