/** Signing in and out over GraphQL, and who one is. The only operations that need no token stand here. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type SignInCommand, signInDecider, signInStream } from '#libs/domain/sign-in/sign-in.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { proofText } from '#libs/kernel/report.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { NOBODY } from '../caller.ts';
import { type Answer, Desk, answerOf } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { CHALLENGE_LIFE, Challenges } from '../sign-in/challenges.ts';
import { type WitnessedSignIn, witnessSignIn } from '../witness/sign-in.ts';

interface Signed {
  readonly id: string;
  readonly statement: string;
  readonly proof: Proof;
}

const TOO_OFTEN = refuse('SIGN_IN_TOO_OFTEN', 'Too many attempts to sign in from this address; wait a minute.');
const NOT_YOURS = refuse('FORBIDDEN', 'Only an administrator ends the session of somebody else.');

@Resolver()
export class SignInResolver {
  readonly #desk: Desk;
  readonly #challenges: Challenges;
  readonly #attempts = new Attempts();

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
    this.#challenges = new Challenges(desk.clock, CHALLENGE_LIFE, desk.challengeKey);
  }

  @Query('signInChallenge')
  signInChallenge(): object {
    return { ...this.#challenges.make(), genesis: this.#desk.facts.genesis };
  }

  @Query('viewer')
  viewer(@Context() { caller }: RequestContext): object {
    const until = caller.session === null ? null : (this.#desk.facts.signIns.get(caller.session)?.until ?? null);
    return { subject: caller.subject, name: caller.id, roles: caller.roles, session: caller.session, until };
  }

  @Mutation('signIn')
  async signIn(@Args() it: Signed, @Context() { address }: RequestContext): Promise<Answer> {
    const witnessed = this.#attempts.admit(address) ? this.#witness(it) : TOO_OFTEN;
    if (isRefusal(witnessed)) {
      if (witnessed !== TOO_OFTEN) this.#attempts.failed(address);
      const refusal = { operation: 'signIn', refusal: witnessed, commandId: it.id, caller: NOBODY };
      return answerOf(await this.#desk.recordRefusal(refusal));
    }
    const { session, operator, command } = witnessed;
    const metadata = { proof: proofText(it.proof) };
    return this.#submit('signIn', { id: it.id, session, by: operator, metadata }, command);
  }

  @Mutation('signOut')
  signOut(@Args() it: { id: string; session?: string | null }, @Context() { caller }: RequestContext): Promise<Answer> {
    const session = it.session ?? caller.session ?? '';
    const may = session === caller.session || caller.roles.includes('administrator');
    const found = may ? ({ do: 'SignOut', by: caller.id } as const) : NOT_YOURS;
    return this.#submit('signOut', { id: it.id, session, by: caller.id }, found);
  }

  /** A session that stands in the record is decided there: the same command again is answered as the first time. */
  #witness({ statement, proof }: Signed): WitnessedSignIn | Refusal {
    const { facts, clock } = this.#desk;
    const witnessed = witnessSignIn(facts, { statement, proof, now: clock.seconds() });
    if (isRefusal(witnessed) || facts.signIns.has(witnessed.session)) return witnessed;
    return this.#challenges.redeem(witnessed.challenge) ?? witnessed;
  }

  #submit(
    operation: string,
    it: { id: string; session: string; by: string; metadata?: Readonly<Record<string, string>> },
    found: SignInCommand | Refusal,
  ): Promise<Answer> {
    return this.#desk.submit({
      operation,
      decider: signInDecider,
      stream: signInStream(it.session),
      found,
      commandId: it.id,
      actor: `person:${it.by}`,
      ...(it.metadata === undefined ? {} : { metadata: it.metadata }),
    });
  }
}
