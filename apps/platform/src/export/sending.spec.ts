/** An export over a real socket to a reader who does not read, to one who leaves, and from a trail that fails. */
import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '#libs/kernel/clock.ts';
import type { Position, StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';
import { type Sending, send } from './sending.ts';
import { TRAIL_PAGE, type Trail } from './trail.ts';

const TEXT = 'x'.repeat(2000);
const at = '2026-01-31T12:00:00.000Z';
const position = (place: number): Position => String(place).padStart(20, '0') as Position;

function event(place: number): StoredEvent {
  const times = { occurredAt: at, recordedAt: at };
  const id = `01900000-0000-7000-8000-${String(place).padStart(12, '0')}`;
  const what = { type: 'SignedIn', schemaVersion: 1, data: { TEXT }, metadata: { actor: 'person:P-X' }, salt: '' };
  return { ...what, ...times, id, stream: 'sign-in-x', revision: BigInt(place), position: position(place) };
}

/** A trail without end: it counts how far it was read. */
class Endless implements Trail {
  place = 0;

  read(): Promise<readonly StoredEvent[]> {
    return Promise.resolve(Array.from({ length: TRAIL_PAGE }, () => event(this.place++)));
  }
}

let server: Server;
let socket: Socket;

afterEach(() => {
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

/** Serves one export, and answers with the socket of its reader, who reads nothing yet; and with when it was over. */
async function served(trail: Trail, change: Partial<Sending> = {}): Promise<{ readonly over: Promise<void> }> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  server = createServer((_request, out) => {
    const way = { format: 'ndjson', log: 'log', trail, until: null, readerMs: 200, clock: systemClock } as const;
    const on = { head: () => null, ended: () => null, news: () => new Promise<void>((wake) => setTimeout(wake, 10)) };
    void trail.read(null).then((first) => send(out, { ...way, ...on, ...change }, first).then(resolve));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  return { over };
}

async function readAll(): Promise<string> {
  let text = '';
  socket.on('data', (octets) => (text += octets.toString('latin1')));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

describe('an export', () => {
  test('whose reader does not read stops reading, is cut off, and says so to him at last', async () => {
    const trail = new Endless();
    const { over } = await served(trail);
    await over;
    const reached = trail.place;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(trail.place).toBe(reached); // nothing is read for nobody
    const text = await readAll();
    const last = text.slice(text.lastIndexOf('{"id"'));
    expect(last).toContain('"type":"ExportCutOff"');
    expect(last).toContain('READER_TOO_SLOW');
    // Whatever the kernel took, no more than a page and a chunk stood in memory behind it.
    const written = text.split('"type":"SignedIn"').length - 1;
    expect(reached - written).toBeLessThanOrEqual(TRAIL_PAGE);
    expect(last).toContain(position(written - 1));
  }, 180_000);

  test('whose reader leaves is over at once', async () => {
    const { over } = await served(new Endless(), { readerMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await over;
  }, 180_000);

  test('ends with the event that it was to go to, though more stands behind it', async () => {
    await served(new Endless(), { until: position(250) });
    const text = await readAll();
    expect(text.split('"type":"SignedIn"').length - 1).toBe(251);
    expect(text).not.toContain('ExportCutOff');
    expect(text.trimEnd().endsWith('\r\n0')).toBe(true); // the last chunk: it is whole
  }, 180_000);

  test('whose trail cannot be read on says so', async () => {
    const broken: Trail = {
      read: () => Promise.resolve<readonly StoredEvent[] | Refusal>(refuse('BAD_FILTER', 'No.')),
    };
    await served(broken);
    expect(await readAll()).toContain('EXPORT_UNREADABLE');
  }, 180_000);
});
