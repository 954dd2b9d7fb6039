/** The seal over GraphQL: how far the log is sealed and who saw it, and the proof that goes with a receipt. */
import { Inject } from '@nestjs/common';
import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toBase64url, toHex } from '#libs/kernel/bytes.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import type { Position } from '#libs/kernel/event.ts';
import type { LogRecord } from '../record.ts';
import { LOG_RECORD } from './trust-list.resolver.ts';

@Resolver()
export class SealResolver {
  readonly #record: LogRecord;

  constructor(@Inject(LOG_RECORD) record: LogRecord) {
    this.#record = record;
  }

  @Query('seal')
  seal(): object {
    const { sealer, cosigner, sealedAt } = this.#record;
    const { latest } = sealer;
    return {
      size: latest?.size ?? 0,
      root: latest === null ? null : toHex(sealer.rootAt(latest.size)),
      sealedAt: sealedAt(),
      checkpoint: latest?.note ?? null,
      quorum: cosigner.policy.quorum,
      cosignedSize: cosigner.latest?.size ?? 0,
      witnesses: cosigner.witnesses.map(({ name, size, at, problem }) => ({
        name,
        size,
        at: at === null ? null : rfc3339Of(at),
        problem,
      })),
      standstill: cosigner.standstill?.message ?? null,
    };
  }
}

@Resolver('Receipt')
export class ReceiptResolver {
  readonly #record: LogRecord;

  constructor(@Inject(LOG_RECORD) record: LogRecord) {
    this.#record = record;
  }

  /** Waits for the seal, which nobody pays who does not ask; null where nothing new was stored. */
  @ResolveField('proof')
  async proof(@Parent() { position }: { readonly position: Position | null }): Promise<object | null> {
    if (position === null) return null;
    const { sealer } = this.#record;
    const { size, note } = await sealer.sealed(position);
    const index = sealer.indexOf(position);
    if (index === null) return null;
    return { index, size, hashes: sealer.inclusionProof(index, size).map(toBase64url), checkpoint: note };
  }
}
