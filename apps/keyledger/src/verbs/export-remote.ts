/**
 * `keyledger export --format … --url …`: the same lines from a platform on another machine, over its API. It signs in as an
 * auditor, and again whenever its session is over; what was cut off goes on behind the last event that was written.
 */
import type { KeyObject } from 'node:crypto';
import { placeFile } from '#apps/platform/src/place-file.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import type { Position } from '#libs/kernel/event.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { SIGN_IN_LIFE_MAX } from '#libs/kernel/sign-in.ts';
import { signIn } from '#libs/platform-client/sign-in.ts';
import { CUT_OFF, type SiemFormat, headOf, toldBy } from '#libs/siem/formats.ts';
import type { Sink, Terminal } from '../terminal.ts';
import { couldNotRun } from './event-file.ts';

export interface RemoteExport {
  readonly url: string;
  readonly operator: string;
  readonly key: KeyObject;
  readonly genesis: string;
  readonly format: SiemFormat;
  readonly sink: Sink;
  readonly follow: boolean;
  /** Path of the file that remembers how far it got; null begins at the first event. */
  readonly place: string | null;
  readonly signal: AbortSignal;
  /** How long it waits before it asks again. */
  readonly pauseMs?: number;
  /** How long its sessions last, seconds. */
  readonly life?: number;
}

const PAUSE_MS = 2000;
/** Less than is allowed: the clock goes on while the platform is asked. */
const LIFE = SIGN_IN_LIFE_MAX - 5;

/** How one answer ended: whole, cut off by the platform or by the wire, or nobody takes the lines any more. */
type Ending = 'whole' | 'cut' | 'unread';

interface Progress {
  after: Position | null;
  written: number;
}

/** 0: all that was there is written, or nobody reads any more. 2: could not run. */
export async function exportFrom(it: RemoteExport, terminal: Terminal): Promise<0 | 2> {
  const at: Progress = { after: null, written: 0 };
  let token: string | null = null;
  for (let isFirst = true; !it.signal.aborted; isFirst = false) {
    if (!isFirst) await paused(it.pauseMs ?? PAUSE_MS, it.signal);
    const session: string | Refusal = token === null ? await newSession(it) : token;
    const answer = isRefusal(session) ? session : await asked(it, session, at);
    if (isRefusal(answer) || isRefusal(session)) {
      const refusal = isRefusal(session) ? session : (answer as Refusal);
      if (LASTING.has(refusal.code) || !it.follow) return couldNotRun(terminal, refusal);
      if (refusal.code !== 'SESSION_OVER') terminal.warn(`${refusal.code}: ${refusal.message}`);
      token = null;
      continue;
    }
    token = session;
    const ending = await take(it, answer, at);
    if (ending === 'unread' || (ending === 'whole' && !it.follow)) break;
    if (ending === 'cut' && !it.follow)
      return couldNotRun(terminal, refuse('EXPORT_CUT_OFF', `Cut off behind ${at.written} events; begin again.`));
  }
  terminal.warn(`${at.written} events written.`);
  return 0;
}

/** What no second try mends. */
const LASTING = new Set([
  ...['FORBIDDEN', 'FORMAT_UNKNOWN', 'BAD_FILTER', 'POSITION_UNKNOWN', 'OTHER_LOG'],
  ...['SIGN_IN_OTHER_DEPLOYMENT', 'SIGN_IN_SIGNATURE', 'SIGN_IN_ROLE', 'SIGN_IN_UNKNOWN', 'SIGN_IN_SUSPENDED'],
]);

async function newSession(it: RemoteExport): Promise<string | Refusal> {
  const { url, operator, key, genesis, life = LIFE } = it;
  const roles = ['auditor'] as const; // and no other: whoever finds this token reads, and nothing else
  try {
    const session = await signIn({ url, operator, roles, key, genesis, clock: systemClock, life });
    return isRefusal(session) ? session : session.token;
  } catch {
    return refuse('PLATFORM_UNREACHABLE', `Nobody answers at ${url}.`);
  }
}

async function asked(it: RemoteExport, token: string, at: Progress): Promise<Response | Refusal> {
  const loaded = at.after ?? (await known(it, token));
  if (typeof loaded === 'object' && loaded !== null) return loaded;
  at.after = loaded;
  const query = new URLSearchParams({
    ...(it.follow ? { follow: 'true' } : {}),
    ...(at.after === null ? {} : { after: at.after }),
  });
  return answerOf(it, token, `export/${it.format}?${query.toString()}`);
}

/** The place of the file, once it is known that it is of this log. */
async function known(it: RemoteExport, token: string): Promise<Position | null | Refusal> {
  if (it.place === null) return null;
  const answer = await answerOf(it, token, `export/${it.format}?type=DeploymentFounded`);
  if (isRefusal(answer)) return answer;
  await answer.body?.cancel();
  try {
    return placeFile(it.place).load(logOf(answer));
  } catch (error) {
    return refuse('OTHER_LOG', error instanceof Error ? error.message : String(error));
  }
}

async function answerOf({ url, signal }: RemoteExport, token: string, path: string): Promise<Response | Refusal> {
  try {
    const answer = await fetch(`${url}/${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
    if (answer.ok) return answer;
    const { code, message } = (await answer.json()) as { code: string; message: string };
    return refuse(code, message);
  } catch {
    return refuse('PLATFORM_UNREACHABLE', `Nobody answers at ${url}.`);
  }
}

function logOf(answer: Response): string {
  return answer.headers.get('keyledger-log') ?? '';
}

/** Whole lines go on as they come; the place is written behind them, so that what was cut off comes again. */
async function take(it: RemoteExport, answer: Response, at: Progress): Promise<Ending> {
  const place = it.place === null ? null : placeFile(it.place);
  const goesOn = at.after !== null;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const octets of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      const text = rest + decoder.decode(octets, { stream: true });
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      const lines = text
        .slice(0, end)
        .split(/(?<=\n)/)
        .filter((line) => line !== '');
      if (goesOn && lines[0] === headOf(it.format)) lines.shift(); // it stands there already
      const isCut = toldIn(it, lines.at(-1))?.type === CUT_OFF;
      const kept = isCut ? lines.slice(0, -1) : lines;
      if (kept.length > 0 && !(await it.sink(kept.join('')))) return 'unread';
      const last = toldIn(it, kept.at(-1));
      at.written += kept.filter((line) => line !== headOf(it.format)).length;
      if (last !== null) {
        at.after = last.position;
        await place?.save(logOf(answer), last.position);
      }
      if (isCut) return 'cut';
    }
    return 'whole';
  } catch {
    return 'cut'; // the wire broke
  }
}

function toldIn({ format }: RemoteExport, line: string | undefined): ReturnType<typeof toldBy> {
  return line === undefined ? null : toldBy(format, line.trimEnd());
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}
