/**
 * The events that match, as a file for other tools, in log order: streamed from the platform. The page holds a few MB, and the
 * rest lies where the browser keeps its blobs. What was cut off goes on behind the last event, and is said where it does not.
 */
import type { EventFilter } from './filter.ts';

export type Format = 'csv' | 'ndjson' | 'ocsf' | 'cloudevents';

export interface ExportOf {
  readonly token: string;
  readonly format: Format;
  readonly filter: EventFilter | null;
  readonly signal: AbortSignal;
  readonly progress: (it: { readonly count: number; readonly share: number | null }) => void;
}

export interface Exported {
  readonly file: Blob;
  readonly count: number;
  /** Up to which it is whole; where it was cut off, of the last event in it. */
  readonly position: string;
  /** Why something is missing behind it; null where nothing is. */
  readonly cut: string | null;
}

export interface NotExported {
  readonly message: string;
}

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  ocsf: 'application/x-ndjson',
  cloudevents: 'application/x-ndjson',
};
/** Octets that the page holds before the browser takes them. */
const HELD = 2_097_152;
const TRIES_MAX = 5;
const PAUSE_MS = 500;
const CUT_OFF = 'ExportCutOff';
const LINE_END = 10;

interface State {
  file: Blob;
  held: BlobPart[];
  octets: number;
  count: number;
  last: string | null;
  until: string;
}

/** Throws only where `signal` was given. */
export async function exportTrail(it: ExportOf): Promise<Exported | NotExported> {
  const type = TYPES[it.format];
  const state: State = { file: new Blob([], { type }), held: [], octets: 0, count: 0, last: null, until: '' };
  let why: string | null = null;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const before = state.last;
    const answer = await ask(it, state.last);
    if (answer !== null && !answer.ok) {
      const { message } = (await answer.json()) as NotExported;
      if (tries === 0) return { message };
      why = message;
      break;
    }
    why = answer === null ? '' : await take(it, state, answer);
    if (why === null) break;
    if (state.last !== before) tries = 0; // it goes on
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    it.signal.throwIfAborted();
  }
  keep(state, type);
  const position = plain((why === null ? state.until : state.last) ?? '');
  return { file: state.file, count: state.count, position, cut: why };
}

async function ask({ token, format, filter, signal }: ExportOf, after: string | null): Promise<Response | null> {
  const query = queryOf(filter);
  if (after !== null) query.set('after', after);
  const headers = { authorization: `Bearer ${token}` };
  try {
    return await fetch(`/export/${format}?${query.toString()}`, { headers, signal, cache: 'no-store' });
  } catch {
    signal.throwIfAborted();
    return null; // nobody answers just now
  }
}

function queryOf(filter: EventFilter | null): URLSearchParams {
  const { types, ...others } = filter ?? {};
  const query = new URLSearchParams();
  for (const type of types ?? []) query.append('type', type);
  for (const [name, value] of Object.entries(others)) if (value != null) query.set(name, String(value));
  return query;
}

/** Takes whole lines alone. Null when all came; else why not: empty where the wire broke. */
async function take(it: ExportOf, state: State, answer: Response): Promise<string | null> {
  const reader = answer.body?.getReader();
  state.until ||= answer.headers.get('keyledger-up-to') ?? '';
  let isHeadDue = it.format === 'csv';
  let rest = new Uint8Array();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return null;
      const text = joined(rest, value);
      const end = text.lastIndexOf(LINE_END) + 1;
      rest = text.slice(end);
      let [from, lines] = [0, linesIn(text, end)];
      if (isHeadDue && lines > 0) {
        isHeadDue = false;
        lines -= 1;
        if (state.last !== null) from = text.indexOf(LINE_END) + 1; // it stands in the file already
      }
      const start = end < 2 ? 0 : text.lastIndexOf(LINE_END, end - 2) + 1;
      const told =
        lines === 0 ? null : toldBy(it.format, new TextDecoder().decode(text.subarray(start, end)).trimEnd());
      const cut = told?.type === CUT_OFF ? told : null;
      add(state, text.slice(from, cut === null ? end : start), TYPES[it.format]);
      state.count += cut === null ? lines : lines - 1;
      if (told !== null && told.position !== '') state.last = told.position;
      it.progress({ count: state.count, share: shareOf(state) });
      if (cut !== null) return cut.message;
    }
  } catch {
    it.signal.throwIfAborted();
    return '';
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function linesIn(text: Uint8Array, end: number): number {
  let count = 0;
  for (let at = text.indexOf(LINE_END); at >= 0 && at < end; at = text.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

interface Told {
  readonly position: string;
  readonly type: string;
  readonly message: string;
}

/** The first five cells of a row of CSV hold no comma; the others are JSON. */
function toldBy(format: Format, line: string): Told {
  if (format === 'csv') {
    const [position = '', , , , type = ''] = line.split(',', 5);
    const message = /""message"":""(.*?)""/.exec(line)?.[1] ?? '';
    return { position, type, message };
  }
  const told = JSON.parse(line) as {
    readonly type: string;
    readonly position?: string;
    readonly sequence?: string;
    readonly data?: {
      readonly message?: string;
      readonly status_detail?: string;
      readonly data?: { readonly message?: string };
    };
  };
  const { data = {} } = told;
  return {
    position: told.sequence ?? told.position ?? '',
    type: told.type.replace(/^keyledger\./, ''),
    message: data.status_detail ?? data.data?.message ?? data.message ?? '',
  };
}

function add(state: State, octets: Uint8Array<ArrayBuffer>, type: string): void {
  state.held.push(octets);
  state.octets += octets.length;
  if (state.octets > HELD) keep(state, type);
}

function keep(state: State, type: string): void {
  state.file = new Blob([state.file, ...state.held], { type });
  state.held = [];
  state.octets = 0;
}

/** How far it is in the log, by positions that are numbers; null where they are not. */
function shareOf({ last, until }: State): number | null {
  const [at, all] = [Number(last), Number(until)];
  return Number.isFinite(at) && Number.isFinite(all) && all > 0 ? Math.min(100, Math.floor((at / all) * 100)) : null;
}

function plain(position: string): string {
  return position.replace(/^0+(?=.)/, '');
}
