/** The events that match, as a file for other tools: made in this page, out of what the platform answers. */
import type { Client, OperationResult } from '@urql/core';
import { type Fault, faultOf } from '../../api/fault.ts';
import { ExportedEvents, type ExportedEventsAnswer } from './audit.graphql.ts';
import type { EventFilter } from './filter.ts';

export type Format = 'csv' | 'ndjson' | 'cloudevents';

/** More than this goes by `keyledger export` on the server's side. */
export const EXPORT_MAX = 10_000;
const PAGE = 200;

type Row = ExportedEventsAnswer['events']['edges'][number]['node'];

interface Exported {
  readonly text: string;
  readonly count: number;
  /** Whether there would have been more. */
  readonly isCut: boolean;
}

export async function exportEvents(
  client: Client,
  it: { readonly filter: EventFilter | null; readonly format: Format; readonly genesis: string },
): Promise<Exported | Fault> {
  const rows: Row[] = [];
  let after: string | null = null;
  let isCut = true;
  while (rows.length < EXPORT_MAX) {
    const variables = { first: PAGE, after, filter: it.filter };
    const read: Page = await client.query(ExportedEvents, variables, { requestPolicy: 'network-only' }).toPromise();
    if (read.data == null) return read.error === undefined ? { code: 'FAILED', message: '' } : faultOf(read.error);
    const { edges, pageInfo } = read.data.events;
    rows.push(...edges.map(({ node }) => node));
    after = pageInfo.endCursor;
    isCut = pageInfo.hasNextPage;
    if (!isCut) break;
  }
  return { text: FORMATS[it.format](rows, it.genesis), count: rows.length, isCut };
}

type Page = OperationResult<ExportedEventsAnswer>;

const COLUMNS = [
  'index',
  'position',
  'recordedAt',
  'occurredAt',
  'type',
  'stream',
  'revision',
  'actor',
  'code',
  'data',
] as const;

const FORMATS: Readonly<Record<Format, (rows: readonly Row[], genesis: string) => string>> = {
  csv: (rows) =>
    [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))].join('\r\n') + '\r\n',
  ndjson: (rows) =>
    rows.map((row) => `${JSON.stringify({ ...row, data: JSON.parse(row.data) as unknown })}\n`).join(''),
  cloudevents: (rows, genesis) => rows.map((row) => `${JSON.stringify(cloudEvent(row, genesis))}\n`).join(''),
};

/** RFC 4180; a leading sign that a spreadsheet would calculate with is kept from it by an apostrophe. */
function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** CloudEvents 1.0, JSON format. */
function cloudEvent(row: Row, genesis: string): object {
  return {
    specversion: '1.0',
    id: row.eventId,
    source: `urn:keyledger:${genesis}`,
    type: `keyledger.${row.type}`,
    subject: row.stream,
    time: row.occurredAt,
    datacontenttype: 'application/json',
    recordedtime: row.recordedAt,
    position: row.position,
    actor: row.actor,
    data: JSON.parse(row.data) as unknown,
  };
}
