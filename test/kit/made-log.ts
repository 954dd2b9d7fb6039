/** Stored events made up of facts, numbered as a log numbers them. */
import { positionOf } from '#libs/event-store/position.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';

/** Stream and fact. */
export type Told = readonly [stream: string, fact: { readonly type: string; readonly data: unknown }];

export function logOf(facts: readonly Told[]): readonly StoredEvent[] {
  const heads = new Map<string, bigint>();
  return facts.map(([stream, { type, data }], index) => {
    const revision = (heads.get(stream) ?? -1n) + 1n;
    heads.set(stream, revision);
    const at = new Date(1_767_225_600_000 + index * 1000).toISOString();
    return {
      id: `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`,
      stream,
      revision,
      position: positionOf(index),
      type,
      schemaVersion: 1,
      occurredAt: at,
      recordedAt: at,
      salt: 'AAAAAAAAAAAAAAAAAAAAAA',
      data,
      metadata: { actor: `actor:${index % 3}`, command: `command-${index}` },
    };
  });
}
