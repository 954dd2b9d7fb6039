/** The views of several platforms in one PostgreSQL database: what the shared projector asks of it. */
import type { PostgresAddress } from '#libs/event-store/postgresql/address.ts';
import { sqlState } from '#libs/event-store/postgresql/failure.ts';
import { postgresLeases } from '#libs/event-store/postgresql/leases.ts';
import type { Held, Leases } from '#libs/event-store/leases.ts';
import type { Position } from '#libs/kernel/event.ts';
import type { Reading } from '../sqlite/reading.ts';
import type { Progress, ViewPlace } from '../view-store.ts';
import { openPostgresReading } from './reading.ts';
import { CHANNEL, LEASES } from './view-database.ts';
import { ViewLink } from './view-link.ts';
import { ViewSchema } from './view-schema.ts';

const LOOK_MS = 3000;
const LISTENS_EVERY_MS = 1000;

export interface PostgresViews {
  readonly name: string;
  readonly leases: Leases;
  readonly placeFor: (held: Held) => ViewPlace;
  readonly openReading: () => Promise<Reading>;
  readonly progress: (log: string) => Promise<Progress | null>;
  readonly listen: (told: () => void) => () => Promise<void>;
}

/** `holder` names this process in the table of leases. The database was prepared. */
export function postgresViews(address: PostgresAddress, holder: string): PostgresViews {
  const { file: schema } = new ViewSchema(address);
  const looks = new ViewLink(address, { purpose: 'looks at views' });
  return {
    name: schema,
    leases: postgresLeases({ address, table: LEASES }, holder),
    placeFor: ({ fence }) => new ViewSchema(address, fence),
    openReading: () => openPostgresReading(address, schema),
    progress: async (log) => {
      const text = `SELECT log, position, events FROM ${schema}.progress`;
      const rows = await looks
        .ask<Progress & { log: string; position: Position | null }>({ text }, LOOK_MS)
        .catch(unlessAbsent);
      const [row] = rows;
      return row?.log === log ? { position: row.position, events: row.events } : null;
    },
    listen: (told) => {
      const link = new ViewLink(address, { purpose: 'listens to views', first: [`LISTEN ${CHANNEL}`], told });
      const look = (): void => void link.ask({ text: 'SELECT 1' }, LOOK_MS).catch(() => undefined); // tried again
      const timer = setInterval(look, LISTENS_EVERY_MS);
      look();
      return async () => {
        clearInterval(timer);
        await Promise.all([link.close(), looks.close()]);
      };
    },
  };
}

/** No such schema, or no such table in it: there are no views yet. */
function unlessAbsent(error: unknown): readonly never[] {
  if (!['42P01', '3F000'].includes(sqlState(error) ?? '')) throw error;
  return [];
}
