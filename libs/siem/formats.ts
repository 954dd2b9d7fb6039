/** Events as lines for a SIEM: OCSF inside CloudEvents, CloudEvents alone, plain objects, or CSV. */
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { roomOfStream } from '#libs/domain/rooms.ts';
import { ocsfOf } from './ocsf.ts';

export const SIEM_FORMATS = ['ocsf', 'cloudevents', 'ndjson', 'csv'] as const;
export type SiemFormat = (typeof SIEM_FORMATS)[number];

const COLUMNS = [
  'position',
  'recordedAt',
  'occurredAt',
  'room',
  'type',
  'stream',
  'revision',
  'actor',
  'id',
  'data',
] as const;

/** What stands before the first line; empty but for CSV. */
export function headOf(format: SiemFormat): string {
  return format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '';
}

/** One line with its end. `log` is the identity of the log. */
export function lineOf(format: SiemFormat, event: StoredEvent, log: string): string {
  switch (format) {
    case 'ocsf':
      return `${JSON.stringify(cloudEvent(event, log, ocsfOf(event, log)))}\n`;
    case 'cloudevents':
      return `${JSON.stringify(cloudEvent(event, log, plain(event)))}\n`;
    case 'ndjson':
      return `${JSON.stringify(plain(event))}\n`;
    case 'csv': {
      const { metadata, data, ...rest } = plain(event);
      const row = { ...rest, actor: metadata.actor ?? '', data: JSON.stringify(data) };
      return `${COLUMNS.map((name) => cell(String(row[name]))).join(',')}\r\n`;
    }
  }
}

export interface Cut {
  /** Of the last event that was written. */
  readonly position: Position;
  /** A fresh UUID. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly code: string;
  /** What happened and how to go on. */
  readonly message: string;
}

/** Type of the last line of what was cut off: it stands in no log, and is no event. */
export const CUT_OFF = 'ExportCutOff';

/** The line that says why nothing follows, in the form of the others. */
export function cutOffLine(format: SiemFormat, { position, id, at, code, message }: Cut, log: string): string {
  const line = {
    ...{ id, stream: 'export', revision: 0n, position, type: CUT_OFF, schemaVersion: 1, salt: '' },
    ...{ occurredAt: at, recordedAt: at, data: { code, message }, metadata: { actor: 'platform' } },
  };
  return lineOf(format, line, log);
}

/** Position and type of a line without its end, as `lineOf` wrote it; null of the head. */
export function toldBy(format: SiemFormat, line: string): Pick<StoredEvent, 'position' | 'type'> | null {
  if (format === 'csv') {
    const [position = '', , , , type = ''] = line.split(',', 5); // no comma stands in any of these
    return position === COLUMNS[0] ? null : { position: position as Position, type };
  }
  const told = JSON.parse(line) as { type: string; position?: Position; sequence?: Position };
  return { position: told.sequence ?? told.position ?? ('' as Position), type: told.type.replace(/^keyledger\./, '') };
}

function plain({ revision, salt: _, ...event }: StoredEvent) {
  return { ...event, revision: Number(revision), room: roomOfStream(event.stream) ?? 'refusal' };
}

/** CloudEvents 1.0.2, JSON format; `sequence` is its extension of that name. */
function cloudEvent(event: StoredEvent, log: string, data: object): object {
  return {
    specversion: '1.0',
    id: event.id,
    source: `urn:keyledger:${log}`,
    type: `keyledger.${event.type}`,
    subject: event.stream,
    time: event.recordedAt,
    sequence: event.position,
    datacontenttype: 'application/json',
    data,
  };
}

/** RFC 4180; what a spreadsheet would take for a formula, in either width, is marked as text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
