/** Whether the platform serves, part by part. Nothing here tells what the log holds. */
import type { Standing } from './standing.ts';

/** A follower that is behind for longer than this is not caught up, seconds. */
export const BEHIND_MAX = 10;
const LOG_MS = 2000;

export interface PartHealth {
  readonly ok: boolean;
  /** One sentence where it is not. */
  readonly why?: string;
  readonly [more: string]: unknown;
}

export type PartName = 'log' | 'record' | 'views' | 'seal' | 'witnesses';

export interface Health {
  readonly ready: boolean;
  readonly demo: boolean;
  readonly events: number;
  readonly sealed: number;
  /** Events under the newest checkpoint that enough witnesses cosigned. */
  readonly cosigned: number;
  readonly parts: Readonly<Record<PartName, PartHealth>>;
}

export async function healthOf(standing: Standing): Promise<Health> {
  const { board } = standing.watched;
  const parts = {
    log: await logHealth(standing),
    record: recordHealth(standing),
    views: viewsHealth(standing),
    seal: sealHealth(standing),
    witnesses: witnessesHealth(standing),
  };
  const ready = Object.values(parts).every(({ ok }) => ok);
  return {
    ready,
    demo: board.facts.founding?.demo ?? false,
    events: standing.events,
    sealed: standing.sealed,
    cosigned: standing.watched.record.cosigner.latest?.size ?? 0,
    parts,
  };
}

async function logHealth({ watched: { record } }: Standing): Promise<PartHealth> {
  try {
    await record.store.head({ timeoutMs: LOG_MS });
    return { ok: true };
  } catch {
    return { ok: false, why: 'The log does not answer; look at its disk.' };
  }
}

function recordHealth({ watched: { board } }: Standing): PartHealth {
  const { finding } = board;
  if (finding !== null) {
    const { position, code } = finding;
    return { ok: false, why: 'The record does not hold; verify it before anything else.', position, code };
  }
  return board.facts.founding === null ? { ok: false, why: 'No deployment was founded.' } : { ok: true };
}

function viewsHealth(standing: Standing): PartHealth {
  const { is } = standing.watched.views.state;
  const { events, seconds } = standing.views;
  if (is === 'rebuilding') return { ok: false, why: 'The views are made anew from the log.', is, behindEvents: events };
  return judged({ is, behindEvents: events, behindSeconds: seconds }, 'The views are behind the log.');
}

function sealHealth(standing: Standing): PartHealth {
  const { events, seconds } = standing.seal;
  if (standing.watched.record.sealer.failed !== null)
    return { ok: false, why: 'The seal stands still; look at its disk, and start again.', behindEvents: events };
  return judged({ behindEvents: events, behindSeconds: seconds }, 'The seal is behind the log.');
}

/** One that does not answer now is shown; one that knows a longer log stops every decision. */
function witnessesHealth({ watched: { record } }: Standing): PartHealth {
  const { standstill, witnesses } = record.cosigner;
  return standstill === null
    ? { ok: true, witnesses }
    : { ok: false, why: standstill.message, code: standstill.code, witnesses };
}

function judged(it: { readonly behindSeconds: number; readonly [more: string]: unknown }, why: string): PartHealth {
  return it.behindSeconds > BEHIND_MAX ? { ok: false, why, ...it } : { ok: true, ...it };
}
