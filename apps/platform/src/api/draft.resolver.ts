/** Orders about modules and chip cards, written for whoever is signed in, from a form. Nothing is recorded. */
import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { Refusal } from '#libs/kernel/refusal.ts';
import type { Facts } from '../board-facts.ts';
import { Desk } from '../desk.ts';
import * as cards from '../draft/cards.ts';
import { type Asking, type Draft, type Form, type Particular, drafted } from '../draft/drafted.ts';
import * as modules from '../draft/modules.ts';
import type { RequestContext } from '../request-context.ts';

type Written = (facts: Facts, asking: Asking) => Particular | Refusal;

@Resolver()
export class DraftResolver {
  readonly #desk: Desk;

  constructor(@Inject(Desk) desk: Desk) {
    this.#desk = desk;
  }

  @Query('draftPersonalization')
  draftPersonalization(@Args() it: modules.Personalization, @Context() by: RequestContext): Draft {
    const draft = this.#draft(it, by, (facts, asking) => modules.personalization(facts, it, asking));
    return { ...draft, serials: [...it.serials].sort() };
  }

  @Query('draftReset')
  draftReset(@Args() it: modules.Erasing, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => modules.erasing(facts, it));
  }

  @Query('draftTransfer')
  draftTransfer(@Args() it: modules.Erasing & { newGenesis: string }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => modules.erasing(facts, it, it.newGenesis));
  }

  @Query('draftModuleRetirement')
  draftModuleRetirement(@Args() it: Form & { serial: string; reason: string }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => modules.moduleRetirement(facts, it));
  }

  @Query('draftCardIssue')
  draftCardIssue(@Args() it: cards.CardIssue, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, () => cards.cardIssue(it));
  }

  @Query('draftTrust')
  draftTrust(@Args() it: Form & { card: string; stations: readonly string[] }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.trusting(facts, it, 'trust-signing-key'));
  }

  @Query('draftRetrust')
  draftRetrust(@Args() it: Form & { card: string; stations: readonly string[] }, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.trusting(facts, it, 'retrust-signing-key'));
  }

  @Query('draftSuspension')
  draftSuspension(@Args() it: cards.OfCard, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.disabling(facts, it, 'suspend-signing-key'));
  }

  @Query('draftCompromise')
  draftCompromise(@Args() it: cards.OfCard, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.disabling(facts, it, 'compromise-signing-key'));
  }

  @Query('draftDisabling')
  draftDisabling(@Args() it: cards.Disabling, @Context() by: RequestContext): Draft {
    const { board } = this.#desk;
    const modulesOf = (key: string, from: number | null): number => board.blastRadius(key, from).modules.length;
    return this.#draft(it, by, (facts) => cards.deactivation(facts, it, modulesOf));
  }

  @Query('draftDivergenceReview')
  draftDivergenceReview(@Args() it: cards.DivergenceReview, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.divergenceReview(facts, it));
  }

  @Query('draftCardRetirement')
  draftCardRetirement(@Args() it: cards.OfCard, @Context() by: RequestContext): Draft {
    return this.#draft(it, by, (facts) => cards.cardRetirement(facts, it));
  }

  #draft(form: Form, { caller }: RequestContext, written: Written): Draft {
    const { facts, clock } = this.#desk;
    const asking = { requester: caller.id, now: clock.seconds() };
    return { ...drafted(facts, { form, asking }, written(facts, asking)), serials: [] };
  }
}
