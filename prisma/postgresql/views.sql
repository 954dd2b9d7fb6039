-- The views on PostgreSQL, by hand; a spec holds them to the models. The hash of this file names the schema that they lie in.
-- Positions, hashes and times are text that is ordered by its octets; lists are JSON text. Indexes end in what pages are ordered by.

CREATE TABLE progress (
  "id" integer PRIMARY KEY CHECK (id = 1),
  "log" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C",
  "events" integer NOT NULL,
  "words" integer NOT NULL DEFAULT 0
);

CREATE TABLE event (
  "place" integer PRIMARY KEY,
  "position" text COLLATE "C" NOT NULL UNIQUE,
  "id" text COLLATE "C" NOT NULL,
  "stream" text COLLATE "C" NOT NULL,
  "revision" integer NOT NULL,
  "room" text COLLATE "C" NOT NULL,
  "type" text COLLATE "C" NOT NULL,
  "schemaVersion" integer NOT NULL,
  "actor" text COLLATE "C" NOT NULL,
  "command" text COLLATE "C" NOT NULL,
  "occurredAt" text COLLATE "C" NOT NULL,
  "recordedAt" text COLLATE "C" NOT NULL,
  "serial" text COLLATE "C",
  "orderId" text COLLATE "C",
  "card" text COLLATE "C",
  "cardKey" text COLLATE "C",
  "fingerprint" text COLLATE "C",
  "station" text COLLATE "C",
  "unit" text COLLATE "C",
  "code" text COLLATE "C",
  "alarm" boolean NOT NULL,
  "contested" boolean NOT NULL,
  "contestCode" text COLLATE "C",
  "data" text COLLATE "C" NOT NULL
);

-- Words of the events, for free text, cut as SQLite cuts them. Filled behind the views; `progress.words` says how far.
CREATE TABLE event_text (
  "place" integer PRIMARY KEY,
  "words" tsvector NOT NULL
);

CREATE TABLE order_view (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  "requester" text COLLATE "C" NOT NULL,
  "site" text COLLATE "C" NOT NULL,
  "moduleClass" text COLLATE "C" NOT NULL,
  "unit" text COLLATE "C",
  "station" text COLLATE "C",
  "bytes" text COLLATE "C" NOT NULL,
  "persons" integer NOT NULL,
  "classA" integer NOT NULL,
  "notBefore" text COLLATE "C" NOT NULL,
  "notAfter" text COLLATE "C" NOT NULL,
  "reportBy" text COLLATE "C" NOT NULL,
  "serials" text COLLATE "C" NOT NULL,
  "approvals" text COLLATE "C" NOT NULL,
  "taken" text COLLATE "C" NOT NULL,
  "spent" text COLLATE "C" NOT NULL,
  "overdue" text COLLATE "C" NOT NULL,
  "approvedAt" text COLLATE "C",
  "ending" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE operator (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "roles" text COLLATE "C" NOT NULL,
  "credential" text COLLATE "C",
  "credentials" text COLLATE "C" NOT NULL,
  "links" text COLLATE "C" NOT NULL,
  "standing" text COLLATE "C" NOT NULL,
  "erased" integer NOT NULL,
  "signIns" integer NOT NULL,
  "lastSignIn" text COLLATE "C",
  "setRoles" text COLLATE "C" NOT NULL,
  "setVersion" integer,
  "setHash" text COLLATE "C",
  "keys" text COLLATE "C" NOT NULL,
  "requested" integer NOT NULL,
  "approved" integer NOT NULL,
  "declined" integer NOT NULL,
  "withdrawn" integer NOT NULL,
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE unit (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "credential" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "lineOrder" text COLLATE "C",
  "lineSerial" text COLLATE "C",
  "lineLink" text COLLATE "C",
  "technician" text COLLATE "C",
  "lines" integer NOT NULL,
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE chip_card (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "custodians" text COLLATE "C" NOT NULL,
  "enforcement" text COLLATE "C" NOT NULL,
  "deviceKey" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "cardKey" text COLLATE "C",
  "keyState" text COLLATE "C" NOT NULL,
  "approverSet" text COLLATE "C",
  "uses" integer NOT NULL,
  "lastNumber" integer NOT NULL,
  "readNumber" integer,
  "readHead" text COLLATE "C",
  "divergences" text COLLATE "C" NOT NULL,
  "suspension" text COLLATE "C",
  "disabling" text COLLATE "C",
  "overdue" boolean NOT NULL,
  "fieldLeases" text COLLATE "C" NOT NULL,
  "retired" boolean NOT NULL,
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE key_view (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "holder" text COLLATE "C" NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "epoch" integer,
  "orderId" text COLLATE "C",
  "reason" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE security_module (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "moduleClass" text COLLATE "C" NOT NULL,
  "identity" text COLLATE "C" NOT NULL,
  "deliveredTo" text COLLATE "C",
  "site" text COLLATE "C",
  "orderId" text COLLATE "C",
  "unit" text COLLATE "C",
  "reservedUntil" text COLLATE "C",
  "fingerprint" text COLLATE "C",
  "epoch" integer NOT NULL,
  "lastReset" text COLLATE "C",
  "step" text COLLATE "C",
  "stepOrder" text COLLATE "C",
  "failure" text COLLATE "C",
  "assurance" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE certificate (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "serial" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "card" text COLLATE "C" NOT NULL,
  "cardKey" text COLLATE "C" NOT NULL,
  "station" text COLLATE "C",
  "personalization" text COLLATE "C" NOT NULL,
  "number" integer,
  "assurance" text COLLATE "C",
  "enforcement" text COLLATE "C",
  "installedAt" text COLLATE "C",
  "reason" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE station (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "credential" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "stationKey" text COLLATE "C" NOT NULL,
  "nextKey" text COLLATE "C" NOT NULL,
  "formerKeys" text COLLATE "C" NOT NULL,
  "retiredKeys" text COLLATE "C" NOT NULL,
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE trust_list (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "version" integer NOT NULL,
  "hash" text COLLATE "C",
  "entries" integer NOT NULL,
  "publishedAt" text COLLATE "C",
  "enforcedVersion" integer,
  "enforcedHash" text COLLATE "C",
  "enforcedAt" text COLLATE "C",
  "keys" text COLLATE "C" NOT NULL,
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE session (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "station" text COLLATE "C" NOT NULL,
  "serial" text COLLATE "C",
  "fingerprint" text COLLATE "C",
  "counter" integer NOT NULL,
  "authorized" integer NOT NULL,
  "refused" integer NOT NULL,
  "reason" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE personalization (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "serial" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "unit" text COLLATE "C",
  "technician" text COLLATE "C",
  "card" text COLLATE "C",
  "fingerprint" text COLLATE "C",
  "step" text COLLATE "C" NOT NULL,
  "steps" text COLLATE "C" NOT NULL,
  "code" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE enforcement (
  "id" text COLLATE "C" PRIMARY KEY,
  "since" integer NOT NULL,
  "station" text COLLATE "C" NOT NULL,
  "cardKey" text COLLATE "C" NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "orderId" text COLLATE "C" NOT NULL,
  "version" integer,
  "decidedAt" text COLLATE "C" NOT NULL,
  "enforcedAt" text COLLATE "C",
  "milliseconds" integer,
  "pending" text COLLATE "C",
  "firstAt" text COLLATE "C" NOT NULL,
  "lastAt" text COLLATE "C" NOT NULL,
  "position" text COLLATE "C" NOT NULL
);

CREATE TABLE tally (
  "id" text COLLATE "C" PRIMARY KEY,
  "kind" text COLLATE "C" NOT NULL,
  "at" text COLLATE "C" NOT NULL,
  "label" text COLLATE "C" NOT NULL,
  "count" integer NOT NULL
);

CREATE INDEX event_text_by_words ON event_text USING gin ("words");
CREATE INDEX event_by_contested ON event ("place") WHERE "contested";
CREATE INDEX event_by_alarm ON event ("place") WHERE "alarm";
CREATE INDEX event_by_room ON event ("room", "place");
CREATE INDEX event_by_occurredAt ON event ("occurredAt", "place");
CREATE INDEX event_by_recordedAt ON event ("recordedAt", "place");
CREATE INDEX event_by_type ON event ("type", "place");
CREATE INDEX event_by_code ON event ("code", "place") WHERE "code" IS NOT NULL;
CREATE INDEX event_by_station ON event ("station", "place") WHERE "station" IS NOT NULL;
CREATE INDEX event_by_unit ON event ("unit", "place") WHERE "unit" IS NOT NULL;
CREATE INDEX event_by_actor ON event ("actor", "place");
CREATE INDEX event_by_cardKey ON event ("cardKey", "place") WHERE "cardKey" IS NOT NULL;
CREATE INDEX event_by_card ON event ("card", "place") WHERE "card" IS NOT NULL;
CREATE INDEX event_by_stream ON event ("stream", "place");
CREATE INDEX event_by_orderId ON event ("orderId", "place") WHERE "orderId" IS NOT NULL;
CREATE INDEX event_by_fingerprint ON event ("fingerprint", "place") WHERE "fingerprint" IS NOT NULL;
CREATE INDEX event_by_serial ON event ("serial", "place") WHERE "serial" IS NOT NULL;
CREATE INDEX order_view_by_since ON order_view ("since", "id");
CREATE INDEX order_view_by_state ON order_view ("state", "since", "id");
CREATE INDEX order_view_by_kind ON order_view ("kind", "since", "id");
CREATE INDEX order_view_by_requester ON order_view ("requester", "since", "id");
CREATE INDEX order_view_by_unit ON order_view ("unit", "since", "id");
CREATE INDEX order_view_by_station ON order_view ("station", "since", "id");
CREATE INDEX operator_by_since ON operator ("since", "id");
CREATE INDEX unit_by_since ON unit ("since", "id");
CREATE INDEX unit_by_state ON unit ("state", "since", "id");
CREATE INDEX chip_card_by_since ON chip_card ("since", "id");
CREATE INDEX chip_card_by_overdue ON chip_card ("overdue", "since", "id");
CREATE INDEX chip_card_by_keyState ON chip_card ("keyState", "since", "id");
CREATE INDEX key_view_by_since ON key_view ("since", "id");
CREATE INDEX key_view_by_kind ON key_view ("kind", "since", "id");
CREATE INDEX key_view_by_state ON key_view ("state", "since", "id");
CREATE INDEX key_view_by_holder ON key_view ("holder", "since", "id");
CREATE INDEX key_view_by_name ON key_view ("name", "since", "id");
CREATE INDEX security_module_by_since ON security_module ("since", "id");
CREATE INDEX order_view_by_approvedAt ON order_view ("approvedAt", "firstAt") WHERE "approvedAt" IS NOT NULL;
CREATE INDEX security_module_by_state ON security_module ("state", "since", "id");
CREATE INDEX security_module_by_site ON security_module ("site", "since", "id");
CREATE INDEX security_module_by_assurance ON security_module ("assurance", "since", "id");
CREATE INDEX security_module_counted ON security_module ("state", "site", "assurance");
CREATE INDEX certificate_by_since ON certificate ("since", "id");
CREATE INDEX certificate_by_state ON certificate ("state", "since", "id");
CREATE INDEX certificate_by_serial ON certificate ("serial", "since", "id");
CREATE INDEX certificate_by_card ON certificate ("card", "since", "id");
CREATE INDEX certificate_by_station ON certificate ("station", "since", "id");
CREATE INDEX station_by_since ON station ("since", "id");
CREATE INDEX trust_list_by_since ON trust_list ("since", "id");
CREATE INDEX session_by_since ON session ("since", "id");
CREATE INDEX session_by_state ON session ("state", "since", "id");
CREATE INDEX session_by_serial ON session ("serial", "since", "id");
CREATE INDEX session_by_station ON session ("station", "since", "id");
CREATE INDEX personalization_by_since ON personalization ("since", "id");
CREATE INDEX personalization_by_state ON personalization ("state", "since", "id");
CREATE INDEX personalization_by_serial ON personalization ("serial", "since", "id");
CREATE INDEX personalization_by_unit ON personalization ("unit", "since", "id");
CREATE INDEX personalization_by_card ON personalization ("card", "since", "id");
CREATE INDEX enforcement_by_decidedAt ON enforcement ("decidedAt");
CREATE INDEX enforcement_by_pending ON enforcement ("pending") WHERE "pending" IS NOT NULL;
