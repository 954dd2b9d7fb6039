/** The KurrentDB engine for the contract suite: over a server of our own behind a wire, or over a real one where KURRENTDB_URL names it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverCertificate } from '#test/kurrentdb/certificates.ts';
import { TestDatabase } from '#test/kurrentdb/database.ts';
import { type TestNode, startNode } from '#test/kurrentdb/server.ts';
import { tcpWire } from '#test/kit/tcp-wire.ts';
import type { Harness, RawAccess } from '../contract/harness.ts';
import type { EventStore } from '../event-store.ts';
import { foundKurrentLog } from './founded.ts';
import { openKurrentStore } from './kurrentdb-store.ts';
import { KurrentLink } from './link.ts';
import { openKurrentReadOnly } from './read-only.ts';

export const WRITER = 'keyledger-writer';
export const PASSWORDS = { admin: 'of-the-administrator', [WRITER]: 'of-the-writer' };
const CALL_MS = 15_000;

/** Address of an administrator of a real server; undefined for the one of our own. */
const REAL = process.env['KURRENTDB_URL'];

export interface TestServer {
  readonly database: TestDatabase;
  readonly node: TestNode;
  readonly certificates: string;
  readonly close: () => void;
}

let server: TestServer | null = null;

/** With users and TLS, as a real one has them. */
export async function startServer(file = ':memory:'): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-kurrent-'));
  const secured = serverCertificate();
  const certificates = join(folder, 'authority.pem');
  writeFileSync(certificates, secured.authority);
  const database = new TestDatabase(file === ':memory:' ? file : join(folder, file));
  const node = await startNode({ database, users: PASSWORDS, tls: secured });
  const close = (): void => {
    node.kill();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { database, node, certificates, close };
}

export function addressOf(
  { certificates, node }: Pick<TestServer, 'certificates' | 'node'>,
  user: keyof typeof PASSWORDS,
  { log, port = node.port }: { log: string; port?: number },
): string {
  return `kurrentdb://${user}:${PASSWORDS[user]}@localhost:${port}?tlsCAFile=${certificates}&log=${log}`;
}

/** A new log on the server of this test file. */
export function newLog(): string {
  return `contract-${randomUUID()}`;
}

const OWN: Harness = {
  begin: async () => {
    server = await startServer();
  },
  end: async () => {
    server?.close();
    server = null;
  },
  open: async () => {
    if (server === null) throw new Error('the server was not started');
    const [here, log] = [server, newLog()];
    await foundKurrentLog(addressOf(here, 'admin', { log }), WRITER);
    const wire = await tcpWire(here.node.port);
    const opened: EventStore[] = [];
    const open = async (port?: number) => {
      const address = addressOf(here, WRITER, port === undefined ? { log } : { log, port });
      const store = await openKurrentStore(address, { callMs: CALL_MS });
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      here.node.pace.beforeMs = 0;
      wire.heal();
      for (const store of opened) await store.close();
      await wire.close();
    };
    const stall = async () => {
      here.node.pace.beforeMs = 60;
      return async () => void (here.node.pace.beforeMs = 0);
    };
    const [reopen, another] = [() => open(wire.port), () => open()];
    return { store: await reopen(), reopen, another, stall, wire, raw: rawAccess(here, log), dispose };
  },
  lacks: {
    'several streams at once': 'KurrentDB before 25.1 appends to one stream at a time, and the engine asks for no more',
  },
  positions: 'rising',
  ...(process.env['KEYLEDGER_SCALE'] === 'full' ? {} : { breaks: 300, uses: 3 }),
};

const THEIRS: Harness = {
  ...OWN,
  begin: async () => undefined,
  end: async () => undefined,
  open: async () => {
    const log = newLog();
    const address = `${REAL ?? ''}${REAL?.includes('?') === true ? '&' : '?'}log=${log}`;
    await foundKurrentLog(address, 'keyledger');
    const opened: EventStore[] = [];
    const open = async () => {
      const store = await openKurrentStore(address, { trusted: true });
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      for (const store of opened) await store.close();
    };
    return { store: await open(), reopen: open, another: open, dispose };
  },
  lacks: {
    ...OWN.lacks,
    'a wire': 'nothing lies between the engine and the server of KURRENTDB_URL',
    'a way beneath the port': 'the files of the server of KURRENTDB_URL are not ours',
  },
};

export const kurrentHarness: Harness = REAL === undefined ? OWN : THEIRS;

/** As the writer, who may not; and beneath the server, where nobody asks. */
function rawAccess(here: TestServer, log: string): RawAccess {
  const stream = `${log}:a-1`;
  const attempts: Readonly<Record<string, (link: KurrentLink) => Promise<unknown>>> = {
    'delete the stream': (link) => link.client.deleteStream(stream),
    'delete it for ever': (link) => link.client.tombstoneStream(stream),
    'hide its events': (link) => link.client.setStreamMetadata(stream, { truncateBefore: 9 }),
    'keep one event': (link) => link.client.setStreamMetadata(stream, { maxCount: 1 }),
    'give itself rights': (link) => link.client.setStreamMetadata(stream, { acl: { deleteRoles: [WRITER] } }),
    'give itself rights by default': (link) =>
      link.client.appendToStream('$settings', {
        type: 'a',
        contentType: 'application/json',
        data: {},
        metadata: undefined,
        id: randomUUID(),
      }),
  };
  return {
    refused: Object.keys(attempts),
    run: async (statement) => {
      const link = new KurrentLink(addressOf(here, WRITER, { log }), CALL_MS);
      try {
        await attempts[statement]?.(link);
      } catch (error) {
        throw new Error(
          `append-only: ${(error as { type?: string }).type === 'access-denied' ? 'denied' : 'NOT DENIED'}`,
        );
      } finally {
        await link.close();
      }
    },
    flipOctet: async (position) =>
      here.database.run(
        "UPDATE event SET data = CAST(replace(CAST(data AS TEXT), '1', '3') AS BLOB) WHERE position = ?",
        BigInt(position),
      ),
    removeTail: async () =>
      here.database.run(
        'DELETE FROM event WHERE position = (SELECT max(position) FROM event WHERE stream LIKE ?)',
        `${log}:%`,
      ),
    rows: async function* () {
      const reader = await openKurrentReadOnly(addressOf(here, WRITER, { log }));
      yield* reader.rows();
      await reader.close();
    },
  };
}
