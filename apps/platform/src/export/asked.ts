/** What is asked for by an address such as `/export/ocsf?type=SignedIn&follow=true`: the filter of the audit trail, in its words. */
import type { Position } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { SIEM_FORMATS, type SiemFormat } from '#libs/siem/formats.ts';
import type { EventFilter } from '#libs/views/questions/event-filter.ts';

export interface AskedExport {
  readonly format: SiemFormat;
  /** Goes on with what comes. */
  readonly follow: boolean;
  /** Only what stands behind it. */
  readonly after: Position | null;
  /** Null is every event. */
  readonly filter: EventFilter | null;
}

const TEXTS = [
  'room',
  'stream',
  'streamPrefix',
  'actor',
  'serial',
  'order',
  'card',
  'certificate',
  'station',
  'unit',
  'code',
  'text',
  'recordedFrom',
  'recordedTo',
] as const satisfies readonly (keyof EventFilter)[];
const FLAGS = ['alarm', 'contested'] as const satisfies readonly (keyof EventFilter)[];

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Refuses FORMAT_UNKNOWN and BAD_FILTER: whoever mistypes a word gets nothing, and not everything. */
export function askedExport(wanted: string, query: Query): AskedExport | Refusal {
  const format = SIEM_FORMATS.find((one) => one === wanted);
  if (format === undefined) return refuse('FORMAT_UNKNOWN', `Ask for one of ${SIEM_FORMATS.join(', ')}.`);
  const { follow, after, type, ...others } = query;
  const [isFollowing, place] = [flag(follow), single(after)];
  const filter: Record<string, unknown> = type === undefined ? {} : { types: [type].flat() };
  for (const [name, given] of Object.entries(others)) {
    const value = isOne(TEXTS, name) ? single(given) : isOne(FLAGS, name) ? flag(given) : null;
    if (value === null) return badFilter(name);
    filter[name] = value;
  }
  if (isFollowing === null) return badFilter('follow');
  if (after !== undefined && (place === null || place === '')) return badFilter('after');
  return {
    format,
    follow: isFollowing,
    after: after === undefined ? null : (place as Position), // the engine says whether it is one
    filter: Object.keys(filter).length === 0 ? null : filter,
  };
}

function badFilter(name: string): Refusal {
  const all = ['follow', 'after', 'type', ...TEXTS, ...FLAGS].join(', ');
  return refuse('BAD_FILTER', `${name.slice(0, 40)} is no filter, or its value is none. Filters, once each: ${all}.`);
}

function isOne<Name extends string>(all: readonly Name[], name: string): name is Name {
  return all.some((one) => one === name);
}

function single(given: Query[string]): string | null {
  return typeof given === 'string' ? given : null;
}

function flag(given: Query[string]): boolean | null {
  if (given === undefined || given === 'false') return false;
  return given === 'true' ? true : null;
}
