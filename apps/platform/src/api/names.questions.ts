/** What people call persons and machines, for whoever has a use for it: no evidence of anything. */
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { refuse } from '#libs/kernel/refusal.ts';
import { Desk } from '../desk.ts';
import { Names } from '../names.ts';
import { failed } from './questions.ts';

const AT_ONCE = 200;

@Resolver()
export class NameQuestions {
  readonly #desk: Desk;
  readonly #names: Names;

  constructor(@Inject(Desk) desk: Desk, @Inject(Names) names: Names) {
    this.#desk = desk;
    this.#names = names;
  }

  @Query('names')
  names(
    @Args() asked: { readonly persons?: readonly string[] | null; readonly serials?: readonly string[] | null },
  ): object {
    const [persons, serials] = [asked.persons ?? [], asked.serials ?? []];
    if (Math.max(persons.length, serials.length) > AT_ONCE)
      throw failed(refuse('BAD_FILTER', `Ask for ${AT_ONCE} names of a kind at most.`));
    return {
      persons: () => persons.map((person) => this.#person(person)),
      machines: () => serials.map((serial) => ({ serial, ...this.#names.machine(serial) })),
    };
  }

  /** What was thrown away stays so, though a copy of the file be put back. */
  #person(person: string): object {
    const erased = this.#desk.facts.operators.get(person)?.isErased === true;
    return { person, erased, called: erased ? null : this.#names.person(person) };
  }
}
