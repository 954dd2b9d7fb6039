/** Taking trust away in good order, over GraphQL: what hangs on a key, disabling it, and looking at alarms. */
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import { ceilingOf, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { parseCheckpointBody } from '#libs/seal/checkpoint.ts';
import { parseNote } from '#libs/seal/signed-note.ts';
import { type Answer, Desk } from '../desk.ts';
import { setInForce } from '../people-facts.ts';
import type { LogRecord } from '../record.ts';
import type { RequestContext } from '../request-context.ts';
import { witnessDeactivation, witnessReview } from '../witness/disabling.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

interface ByOrder {
  readonly id: string;
  readonly order: string;
}

/** Serials that are named one by one; the count is of all. */
const NAMED_MAX = 200;

const WITNESSES_MS = 2000;

@Resolver()
export class DisablingResolver {
  readonly #desk: Desk;
  readonly #record: LogRecord;

  constructor(@Inject(Desk) desk: Desk, @Inject(LOG_RECORD) record: LogRecord) {
    this.#desk = desk;
    this.#record = record;
  }

  /** Everything that an order to disable the key has to say, and what whoever signs it should have seen. */
  @Query('blastRadius')
  blastRadius(@Args() { signingKey, size }: { signingKey: string; size?: number | null }): object | null {
    const { board, facts } = this.#desk;
    const isKnown = [...facts.cards.values()].some(({ key }) => key?.cardKey === signingKey);
    if (!isKnown) return null;
    const { certificates, modules } = board.blastRadius(signingKey, size ?? null);
    const trusting = [...facts.stations.values()].filter((one) => one.trusted.get(signingKey)?.state === 'active');
    return {
      signingKey,
      certificates,
      modules: modules.length,
      serials: modules.slice(0, NAMED_MAX),
      stations: trusting.map(({ station }) => station).sort(),
      persons: this.#personsFor(modules.length, size != null),
      checkpoint: this.#moment(size ?? null),
    };
  }

  /** By the ceiling of the approver set in force. */
  #personsFor(modules: number, isFromMoment: boolean): number {
    const set = parseApproverSet(setInForce(this.#desk.facts).bytes);
    if (isRefusal(set)) return 2;
    const least = Math.min(
      ...set.policy.filter(({ kind }) => kind === 'disable-signing-key').map((one) => one.persons),
    );
    const isAbove = isFromMoment || modules > ceilingOf(set).modules;
    return Math.max(isAbove ? 2 : 1, Number.isFinite(least) ? least : 2);
  }

  /** No moment from which witnesses could not vouch for what outlives the key; waits for them a little. */
  async #moment(size: number | null): Promise<object | null> {
    const { sealer, cosigner } = this.#record;
    const sealed = sealer.latest?.size ?? 0;
    const wanted = Math.min(size ?? sealed, sealed);
    const seen = cosigner.policy.quorum === 0 ? sealer.latest : await cosigner.over(wanted, WITNESSES_MS);
    const most = (seen ?? cosigner.latest)?.size;
    const note = most === undefined || (size ?? most) > most ? null : sealer.noteOf(size ?? most);
    const read = note === null ? null : parseNote(note);
    const checkpoint = read === null || isRefusal(read) ? null : parseCheckpointBody(read.text);
    if (checkpoint === null || isRefusal(checkpoint)) return null;
    return { size: checkpoint.size, root: toBase64url(checkpoint.root), note };
  }

  /** Nothing else is written meanwhile: the number in the order is the record's when it takes effect. */
  @Mutation('disableSigningKey')
  disableSigningKey(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    return this.#desk.alone(() => {
      const { board, clock } = this.#desk;
      const asked = { order: it.order, now: clock.seconds() };
      const { card, found } = witnessDeactivation(board, this.#record, asked);
      return this.#operation('disableSigningKey', { ...it, card, actor: caller.subject }, found);
    });
  }

  @Mutation('reviewDivergence')
  reviewDivergence(@Args() it: ByOrder, @Context() { caller }: RequestContext): Promise<Answer> {
    const { board, clock } = this.#desk;
    const { card, found } = witnessReview(board, { order: it.order, now: clock.seconds() });
    return this.#desk.submit(this.#operation('reviewDivergence', { ...it, card, actor: caller.subject }, found));
  }

  #operation<Found>(operation: string, it: { id: string; card: string; actor: string }, found: Found) {
    const to = { operation, decider: chipCardDecider, stream: chipCardStream(it.card) };
    return { ...to, found, commandId: it.id, actor: it.actor };
  }
}
