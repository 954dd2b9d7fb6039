/** castore on PostgreSQL: the peer of the appends and of reading one stream. */
import { randomUUID } from 'node:crypto';
import adapterPackage from '@castore/event-storage-adapter-postgres';

const { PostgresEventStorageAdapter } = adapterPackage;
const CONTEXT = { eventStoreId: 'KEYS' };

export async function openCastore(connectionString) {
  const tableName = 'castore_events';
  const clients = [];
  const { createClient } = PostgresEventStorageAdapter;
  // It keeps the clients that it makes for tables to itself: they are held, so that they can be ended.
  PostgresEventStorageAdapter.createClient = (options) => {
    const client = createClient(options);
    clients.push(client);
    return client;
  };
  const ids = new Map(); // its aggregates are named by UUIDs
  const idOf = (stream) => {
    if (!ids.has(stream)) ids.set(stream, randomUUID());
    return ids.get(stream);
  };
  const adapter = new PostgresEventStorageAdapter({ connectionString, tableName });
  await PostgresEventStorageAdapter.createEventTable({ connectionString, tableName });
  return {
    append: (stream, version, { type, data, metadata }) =>
      adapter.pushEvent({ aggregateId: idOf(stream), version, type, payload: data, metadata }, CONTEXT),
    read: async (stream) => (await adapter.getEvents(idOf(stream), CONTEXT)).events,
    close: async () => {
      for (const client of clients) await client.end({ timeout: 1 });
    },
  };
}
