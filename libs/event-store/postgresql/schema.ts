/** The tables of a PostgreSQL log, the triggers that keep them append-only, and the rights of the role that writes. */

/** The version rises with the tables. */
export const SCHEMA_VERSION = '2';

/** A hint that something was stored; whoever misses it looks again within a second. */
export const CHANNEL = 'keyledger_events';

/** Format 2: who of several processes does what only one may do, in which epoch, and how far that came. */
const LEASES = `CREATE TABLE keyledger.leases (
  name text COLLATE "C" PRIMARY KEY,
  epoch bigint NOT NULL,
  holder text NOT NULL,
  until timestamptz NOT NULL,
  position text COLLATE "C"
)`;

export const TABLES: readonly string[] = [
  `CREATE SCHEMA keyledger`,
  `CREATE TABLE keyledger.log (name text PRIMARY KEY, value text NOT NULL)`,
  `CREATE TABLE keyledger.events (
  position bigint PRIMARY KEY,
  stream text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  schema_version integer NOT NULL,
  occurred_at text NOT NULL,
  recorded_at text NOT NULL,
  salt text NOT NULL,
  data text NOT NULL,
  metadata text NOT NULL,
  entry bytea NOT NULL CHECK (octet_length(entry) = 32),
  CONSTRAINT events_by_stream UNIQUE (stream, revision),
  CONSTRAINT events_by_id UNIQUE (id, stream)
)`,
  `CREATE TABLE keyledger.log_tip (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  epoch bigint NOT NULL,
  position bigint NOT NULL
)`,
  LEASES,
];

/** Body of each trigger function by its name. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  refuse_change: `BEGIN RAISE EXCEPTION 'events are append-only (% of %)', TG_OP, TG_TABLE_NAME; END`,
  /** Whoever inserts holds the tip, fills it without a gap, and continues each stream where it ends. */
  refuse_gap: `DECLARE low bigint; high bigint; many bigint;
BEGIN
  SELECT min(position), max(position), count(*) INTO low, high, many FROM added;
  IF many = 0 THEN RETURN NULL; END IF;
  IF high - low + 1 <> many
    OR high IS DISTINCT FROM (SELECT position FROM keyledger.log_tip)
    OR (low > 0 AND NOT EXISTS (SELECT 1 FROM keyledger.events WHERE position = low - 1))
    OR EXISTS (SELECT 1 FROM added WHERE revision > 0 AND NOT EXISTS (
      SELECT 1 FROM keyledger.events AS before WHERE before.stream = added.stream AND before.revision = added.revision - 1))
    OR EXISTS (SELECT 1 FROM added WHERE revision < 0 OR position < 0)
  THEN RAISE EXCEPTION 'events are append-only (a gap)'; END IF;
  PERFORM pg_notify('${CHANNEL}', high::text);
  RETURN NULL;
END`,
  refuse_tip: `BEGIN
  IF NEW.position < OLD.position OR NEW.epoch < OLD.epoch THEN RAISE EXCEPTION 'the log is append-only (its tip)'; END IF;
  RETURN NEW;
END`,
  refuse_old_lease: `BEGIN
  IF NEW.epoch < OLD.epoch OR NEW.position < OLD.position OR (NEW.position IS NULL AND OLD.position IS NOT NULL)
  THEN RAISE EXCEPTION 'a lease never goes back (%)', OLD.name; END IF;
  RETURN NEW;
END`,
  /** At the end of the transaction the tip is where the events end. */
  refuse_loose_tip: `BEGIN
  IF (SELECT position FROM keyledger.log_tip) IS DISTINCT FROM (SELECT coalesce(max(position), -1) FROM keyledger.events)
  THEN RAISE EXCEPTION 'the log is append-only (a loose tip)'; END IF;
  RETURN NULL;
END`,
};

/** Each trigger by its name: its table, its function, and how it is declared. */
export const TRIGGERS: Readonly<Record<string, { table: string; calls: string; when: string }>> = {
  events_no_change: { table: 'events', calls: 'refuse_change', when: 'BEFORE UPDATE OR DELETE OR TRUNCATE' },
  events_at_the_end: {
    table: 'events',
    calls: 'refuse_gap',
    when: 'AFTER INSERT',
  },
  log_no_change: { table: 'log', calls: 'refuse_change', when: 'BEFORE UPDATE OR DELETE OR TRUNCATE' },
  log_tip_rises: { table: 'log_tip', calls: 'refuse_tip', when: 'BEFORE UPDATE' },
  log_tip_no_end: { table: 'log_tip', calls: 'refuse_change', when: 'BEFORE DELETE OR TRUNCATE' },
  leases_rise: { table: 'leases', calls: 'refuse_old_lease', when: 'BEFORE UPDATE' },
  log_tip_is_the_end: { table: 'log_tip', calls: 'refuse_loose_tip', when: 'AFTER INSERT OR UPDATE' },
};

/** What a log of format 1 has not. */
export function raisedTo2(role: string): readonly string[] {
  return [
    LEASES,
    ...guards(['leases_rise']),
    ...grantsTo(role),
    'ALTER TABLE keyledger.log DISABLE TRIGGER log_no_change',
    "UPDATE keyledger.log SET value = '2' WHERE name = 'version'",
    'ALTER TABLE keyledger.log ENABLE ALWAYS TRIGGER log_no_change',
  ];
}

/** ENABLE ALWAYS: a session that plays a replica does not pass them either. */
export function guards(only: readonly string[] = Object.keys(TRIGGERS)): readonly string[] {
  const wanted = Object.entries(TRIGGERS).filter(([name]) => only.includes(name));
  const called = new Set(wanted.map(([, { calls }]) => calls));
  const functions = Object.entries(FUNCTIONS)
    .filter(([name]) => called.has(name))
    .map(
      ([name, body]) => `CREATE FUNCTION keyledger.${name}() RETURNS trigger LANGUAGE plpgsql AS $body$${body}$body$`,
    );
  const triggers = wanted.flatMap(([name, { table, calls, when }]) => [
    `CREATE ${kindOf(name)}TRIGGER ${name} ${when} ON keyledger.${table} ${forEach(name)} EXECUTE FUNCTION keyledger.${calls}()`,
    `ALTER TABLE keyledger.${table} ENABLE ALWAYS TRIGGER ${name}`,
  ]);
  return [...functions, ...triggers];
}

function kindOf(name: string): string {
  return name === 'log_tip_is_the_end' ? 'CONSTRAINT ' : '';
}

function forEach(name: string): string {
  if (name === 'events_at_the_end') return 'REFERENCING NEW TABLE AS added FOR EACH STATEMENT';
  if (name === 'log_tip_is_the_end') return 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW';
  return ['log_tip_rises', 'leases_rise'].includes(name) ? 'FOR EACH ROW' : 'FOR EACH STATEMENT';
}

/** What the writing role may: look at everything, add events, and move the tip. Nothing else. */
export function grantsTo(role: string): readonly string[] {
  return [
    `GRANT USAGE ON SCHEMA keyledger TO ${role}`,
    `GRANT SELECT ON keyledger.log, keyledger.events, keyledger.log_tip TO ${role}`,
    `GRANT INSERT ON keyledger.events TO ${role}`,
    `GRANT UPDATE (epoch, position) ON keyledger.log_tip TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE (epoch, holder, until, position) ON keyledger.leases TO ${role}`,
  ];
}
