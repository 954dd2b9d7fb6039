/** A log of any size, of events such as the deployment writes, in a SQLite event file. */
import { openSqliteStore } from '#libs/event-store/sqlite/sqlite-store.ts';
import type { NewEvent } from '#libs/kernel/event.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { madeUpId } from '#test/kit/orders.ts';

/** Of one stream each; what a session says is half of a busy log. */
const SESSION = ['SessionEstablished', ...Array.from({ length: 6 }, () => 'TransactionAuthorized'), 'SessionClosed'];
const AT_ONCE = 200;

/** Through the store, as the platform appends; the next requests are made up while the ones before are written. */
export async function writeBigLog(file: string, events: number, progress?: (written: number) => void): Promise<void> {
  const store = await openSqliteStore(file);
  let written = 0;
  let before: Promise<unknown> = Promise.resolve();
  for (let stream = 0; written < events;) {
    const requests = [];
    for (; requests.length < AT_ONCE && written < events; stream += 1) {
      const batch = eventsOf(stream, written).slice(0, events - written);
      requests.push({ stream: nameOf(stream), expected: 'no_stream' as const, events: batch });
      written += batch.length;
    }
    const stored = Promise.all(requests.map((one) => store.append(one)));
    stored.catch(() => undefined); // told where it is waited for
    await before;
    before = stored;
    progress?.(written);
  }
  await before;
  await store.close();
}

const isSession = (stream: number): boolean => stream % 2 === 0;
const nameOf = (stream: number): string =>
  isSession(stream) ? `session-${stream}` : `refusal-${derivedId('bench', String(stream))}`;

function eventsOf(stream: number, from: number): readonly NewEvent[] {
  const serial = `ATM-${String(stream % 5000).padStart(6, '0')}`;
  const facts = isSession(stream)
    ? SESSION.flatMap((type, index) => [fact(type, serial, index), { type: 'ReportAccepted', data: { fact: type } }])
    : [
        {
          type: 'OperationRefused',
          data: {
            code: 'MODULE_OPERATING',
            message: 'The module is in operation.',
            operation: 'takeOrder',
            stream: `order-${madeUpId(String(stream))}`,
          },
        },
      ];
  return facts.map(({ type, data }, index) => {
    const at = new Date(1_767_225_600_000 + (from + index) * 250).toISOString();
    return {
      id: derivedId('bench', String(stream), String(index)),
      type,
      schemaVersion: 1,
      occurredAt: at,
      recordedAt: at,
      salt: 'AAAAAAAAAAAAAAAAAAAAAA',
      data,
      metadata: { actor: `unit:U-${stream % 50}`, command: derivedId('bench', String(stream)) },
    };
  });
}

function fact(type: string, serial: string, counter: number): { type: string; data: object } {
  if (type === 'SessionEstablished')
    return { type, data: { station: 'ST-1', serial, fingerprint: madeUpId(serial), exporter: madeUpId('exporter') } };
  if (type === 'SessionClosed') return { type, data: { reason: 'goodbye' } };
  const signed = { authorization: madeUpId('a'), authorizationSignature: madeUpId('s').repeat(2) };
  const answered = { instruction: madeUpId('i'), instructionSignature: madeUpId('j').repeat(2) };
  return { type, data: { counter, account: madeUpId('acc'), amount: 5000, currency: 'EUR', ...signed, ...answered } };
}
