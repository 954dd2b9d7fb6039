/** Orders about people, units, stations and manufacturers, written for whoever is signed in, from a form. Nothing is recorded. */
import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { Desk } from '../desk.ts';
import { type Draft, type Form, type Particular, drafted } from '../draft/drafted.ts';
import * as people from '../draft/people.ts';
import type { RequestContext } from '../request-context.ts';

@Resolver()
export class DraftPeopleResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('draftApproverSet')
  draftApproverSet(@Args() it: Form & { document: string }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => people.adoption(facts, it));
  }

  @Query('draftOperatorEnrolment')
  draftOperatorEnrolment(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'enrol-operator');
  }

  @Query('draftRoleGrant')
  draftRoleGrant(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'grant-roles');
  }

  @Query('draftRoleWithdrawal')
  draftRoleWithdrawal(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'withdraw-roles');
  }

  @Query('draftOperatorSuspension')
  draftOperatorSuspension(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'suspend-operator');
  }

  @Query('draftOperatorWithdrawal')
  draftOperatorWithdrawal(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'withdraw-operator');
  }

  @Query('draftCredentialWithdrawal')
  draftCredentialWithdrawal(@Args() it: people.OfOperator, @Context() by: RequestContext): Draft {
    return this.#operator(it, by, 'withdraw-credential');
  }

  @Query('draftOperatorLink')
  draftOperatorLink(
    @Args() it: Form & { operator: string; issuer: string; link: string },
    @Context() by: RequestContext,
  ): Draft {
    return this.#draft(it, by, (facts) => people.operatorLink(facts, it));
  }

  @Query('draftUnitEnrolment')
  draftUnitEnrolment(@Args() it: people.OfDevice & { unit: string }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, () => people.unitEnrolment(it));
  }

  @Query('draftStationEnrolment')
  draftStationEnrolment(@Args() it: people.StationEnrolment, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, () => people.stationEnrolment(it));
  }

  @Query('draftManufacturer')
  draftManufacturer(@Args() it: people.OfManufacturer, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, () => people.manufacturer(it));
  }

  @Query('draftManufacturerWithdrawal')
  draftManufacturerWithdrawal(
    @Args() it: Form & { root: string; reason: string },
    @Context() by: RequestContext,
  ): Draft {
    return this.#draft(it, by, (facts) => people.manufacturerWithdrawal(facts, it));
  }

  @Query('draftWitness')
  draftWitness(@Args() it: Form & { witness: string; instead?: string | null }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => people.witness(facts, it));
  }

  #operator(it: people.OfOperator, by: RequestContext, kind: people.OperatorKind): Draft {
    return this.#draft(it, by, (facts) => people.aboutOperator(facts, it, kind));
  }

  #draft(form: Form, { caller }: RequestContext, written: (facts: Facts) => Particular | Refusal): Draft {
    const { facts, clock } = this.#desk;
    const asking = { requester: caller.id, now: clock.seconds() };
    return { ...drafted(facts, { form, asking }, written(facts)), serials: [] };
  }
}
