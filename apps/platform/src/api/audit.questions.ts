/** What an auditor checks for himself: one event with all it is sealed with, and the deployment that he pins. */
import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Position, entryOf, sealedText } from '#libs/kernel/event.ts';
import type { Board } from '../board.ts';
import { BOARD } from '../desk.ts';
import type { LogRecord } from '../record.ts';
import { eventNode } from './event-node.ts';
import type { Node } from './nodes.ts';
import { Questions } from './questions.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

interface OfEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

@Resolver('Event')
export class AuditQuestions {
  readonly #questions: Questions;
  readonly #record: LogRecord;
  readonly #board: Board;

  constructor(
    @Inject(Questions) questions: Questions,
    @Inject(LOG_RECORD) record: LogRecord,
    @Inject(BOARD) board: Board,
  ) {
    this.#questions = questions;
    this.#record = record;
    this.#board = board;
  }

  @Query('event')
  event(@Args() { position, after }: { position: string; after?: string }): Promise<Node | null> {
    return this.#questions.one(after, (views) => views.event.findUnique({ where: { position } }), eventNode);
  }

  @Query('deployment')
  async deployment(): Promise<object> {
    const { founding, genesis } = this.#board.facts;
    const first = await this.#questions.ask(null, (views) =>
      views.event.findUnique({ where: { place: 0 }, select: { recordedAt: true } }),
    );
    const foundedAt = first?.recordedAt ?? null;
    return { ...founding, genesis, founding: founding === null ? '' : canonicalJson(founding), foundedAt };
  }

  @ResolveField('proof')
  async proof(@Parent() { stream, revision, position }: OfEvent): Promise<object | null> {
    return proofOf(this.#record, { stream, revision, position });
  }
}

/** Read from the log itself, and proved under the checkpoint that is the newest now. */
export async function proofOf({ store, sealer }: LogRecord, it: OfEvent): Promise<object | null> {
  for await (const event of store.readStream(it.stream, { from: BigInt(it.revision), limit: 1 })) {
    const proof = sealer.proofOf(event.position);
    if (proof === null || event.position !== it.position) return null;
    return {
      salt: event.salt,
      canonical: sealedText(event),
      entry: toBase64url(entryOf(event)),
      index: proof.index,
      size: proof.checkpoint.size,
      path: proof.path.map(toBase64url),
      checkpoint: proof.checkpoint.note,
    };
  }
  return null;
}
