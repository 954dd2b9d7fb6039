/** Approved enrolments carried out: units, stations and modules. The order holds the hash of whatever is brought. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { securityModuleDecider, securityModuleStream } from '#libs/domain/security-module/security-module.ts';
import { stationDecider, stationStream } from '#libs/domain/station/station.ts';
import { unitDecider, unitStream } from '#libs/domain/unit/unit.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { type Answer, Desk } from '../desk.ts';
import type { RequestContext } from '../request-context.ts';
import {
  type CredentialInput,
  witnessModule,
  witnessReservation,
  witnessStation,
  witnessUnit,
  witnessPlace,
} from '../witness/enrolment.ts';

@Resolver()
export class EnrolmentResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Mutation('enrolUnit')
  enrolUnit(
    @Args() it: { id: string; order: string; credential: CredentialInput },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessUnit(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    const stream = unitStream(isRefusal(found) ? it.order : found.unit);
    return this.#desk.submit({
      operation: 'enrolUnit',
      decider: unitDecider,
      stream,
      found,
      commandId: it.id,
      actor: caller.subject,
    });
  }

  @Mutation('registerStation')
  registerStation(
    @Args() it: { id: string; order: string; credential: CredentialInput; stationSpki: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessStation(this.#desk.facts, { ...it, now: this.#desk.clock.seconds() });
    const stream = stationStream(isRefusal(found) ? it.order : found.registration.station);
    const actor = caller.subject;
    return this.#desk.submit({
      operation: 'registerStation',
      decider: stationDecider,
      stream,
      found,
      commandId: it.id,
      actor,
    });
  }

  @Mutation('registerModule')
  registerModule(
    @Args() it: { id: string; identity: string; identityCa: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const found = witnessModule(this.#desk.facts, it);
    const serial = isRefusal(found) ? 'unknown' : found.initialization.serial;
    return this.#module('registerModule', { id: it.id, serial, by: caller.subject }, found);
  }

  @Mutation('receiveModule')
  receiveModule(@Args() it: { id: string; serial: string }, @Context() { caller }: RequestContext): Promise<Answer> {
    const to = this.#desk.facts.founding?.customer ?? '';
    return this.#module('receiveModule', { ...it, by: caller.subject }, { do: 'DeliverModule', to });
  }

  @Mutation('placeModule')
  placeModule(
    @Args() it: { id: string; serial: string; site: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    return this.#module('placeModule', { ...it, by: caller.subject }, witnessPlace(it));
  }

  @Mutation('reserveModule')
  reserveModule(
    @Args() it: { id: string; order: string; serial: string },
    @Context() { caller }: RequestContext,
  ): Promise<Answer> {
    const now = this.#desk.clock.seconds();
    const found = witnessReservation(this.#desk.facts, { ...it, unit: caller.id, now });
    return this.#module('reserveModule', { ...it, by: caller.subject }, found);
  }

  #module(
    operation: string,
    it: { id: string; serial: string; by: string },
    found:
      Parameters<typeof securityModuleDecider.decide>[0] | Extract<ReturnType<typeof witnessModule>, { is: 'refusal' }>,
  ): Promise<Answer> {
    const stream = securityModuleStream(it.serial);
    return this.#desk.submit({
      operation,
      decider: securityModuleDecider,
      stream,
      found,
      commandId: it.id,
      actor: it.by,
    });
  }
}
