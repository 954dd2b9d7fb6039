/** Signing in by an OpenID Connect provider over GraphQL: where to go, and what becomes of who comes back. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type SignInCommand, signInDecider, signInStream } from '#libs/domain/sign-in/sign-in.ts';
import { PROVIDER_SIGN_IN_LIFE, nonceOf, stateOf } from '#libs/kernel/provider-sign-in.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { NOBODY } from '../caller.ts';
import { type Answer, Desk, answerOf } from '../desk.ts';
import type { Provider } from '../provider/provider.ts';
import type { SideStore } from '../provider/side-store.ts';
import type { RequestContext } from '../request-context.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { Challenges } from '../sign-in/challenges.ts';
import { witnessAccount, witnessStatement } from '../witness/provider-sign-in.ts';

export const PROVIDER = Symbol('provider');

/** Null where it is not switched on. */
export type ProviderDesk = { readonly provider: Provider; readonly beside: SideStore } | null;

interface Returned {
  readonly id: string;
  readonly statement: string;
  readonly answer: string;
  readonly verifier: string;
}

type Found = Extract<SignInCommand, { do: 'SignIn' }>;

const OFF = refuse('PROVIDER_OFF', 'No provider signs people in here; sign in by your key.');
const TOO_OFTEN = refuse('SIGN_IN_TOO_OFTEN', 'Too many attempts to sign in from this address; wait a minute.');

@Resolver()
export class ProviderResolver {
  readonly #desk: Desk;
  readonly #it: ProviderDesk;
  readonly #challenges: Challenges;
  readonly #attempts = new Attempts();

  constructor(@Inject(Desk) desk: Desk, @Inject(PROVIDER) it: ProviderDesk) {
    this.#desk = desk;
    this.#it = it;
    this.#challenges = new Challenges(desk.clock, PROVIDER_SIGN_IN_LIFE, desk.challengeKey);
  }

  @Query('signInProvider')
  async signInProvider(): Promise<object | null> {
    const metadata = await this.#it?.provider.metadata();
    if (this.#it === null || metadata === undefined || isRefusal(metadata)) return null;
    const { issuer, clientId, redirectUri } = this.#it.provider.settings;
    const { genesis } = this.#desk.facts;
    const { authorization: authorizationEndpoint } = metadata;
    return { issuer, clientId, redirectUri, authorizationEndpoint, genesis, ...this.#challenges.make() };
  }

  @Mutation('signInByProvider')
  async signInByProvider(@Args() it: Returned, @Context() { address }: RequestContext): Promise<Answer> {
    const found = this.#attempts.admit(address) ? await this.#witness(it) : TOO_OFTEN;
    if (isRefusal(found)) {
      if (found !== TOO_OFTEN) this.#attempts.failed(address);
      const refusal = { operation: 'signInByProvider', refusal: found, commandId: it.id, caller: NOBODY };
      return answerOf(await this.#desk.recordRefusal(refusal));
    }
    const { session, command } = found;
    return this.#desk.submit({
      operation: 'signInByProvider',
      decider: signInDecider,
      stream: signInStream(session),
      found: command,
      commandId: it.id,
      actor: `person:${command.signIn.operator}`,
    });
  }

  async #witness(it: Returned): Promise<{ readonly session: string; readonly command: Found } | Refusal> {
    if (this.#it === null) return OFF;
    const { facts, clock } = this.#desk;
    const read = witnessStatement(facts, { statement: it.statement, now: clock.seconds() });
    if (isRefusal(read)) return read;
    const { session, challenge } = read;
    const open = facts.signIns.get(session);
    if (open !== undefined) return { session, command: { do: 'SignIn', signIn: { ...open, challenge } } };
    const stale = this.#challenges.judge(challenge);
    if (stale !== null) return stale;
    const [nonce, state] = [nonceOf(it.statement), stateOf(it.statement)];
    const { provider, beside } = this.#it;
    const who = await provider.identify({ answer: it.answer, verifier: it.verifier, state, nonce });
    if (isRefusal(who)) return who;
    const { issuer } = provider.settings;
    const { subject, hash: idToken, key, token, jwk } = who;
    const [only, another] = beside.linksTo({ issuer, subject });
    const account = only === undefined || another !== undefined ? null : only;
    const by = account && { operator: account.operator, provider: { issuer, link: account.link, idToken, key } };
    const command = witnessAccount(this.#desk.facts, read, by);
    if (isRefusal(command)) return command;
    const used = this.#challenges.redeem(challenge);
    if (used !== null) return used;
    beside.keepToken(command.signIn.operator, idToken, { token, jwk });
    return { session, command };
  }
}
