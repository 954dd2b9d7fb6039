-- The views on SQLite, by hand; a spec holds them to the models. The hash of this file names the view database.
-- Positions, hashes and times are text; lists are JSON text. Indexes end in what pages are ordered by.

CREATE TABLE progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  log TEXT NOT NULL,
  position TEXT,
  events INTEGER NOT NULL,
  words INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE event (
  place INTEGER PRIMARY KEY,
  position TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  room TEXT NOT NULL,
  type TEXT NOT NULL,
  schemaVersion INTEGER NOT NULL,
  actor TEXT NOT NULL,
  command TEXT NOT NULL,
  occurredAt TEXT NOT NULL,
  recordedAt TEXT NOT NULL,
  serial TEXT,
  orderId TEXT,
  card TEXT,
  cardKey TEXT,
  fingerprint TEXT,
  station TEXT,
  unit TEXT,
  code TEXT,
  alarm INTEGER NOT NULL CHECK (alarm IN (0, 1)),
  contested INTEGER NOT NULL CHECK (contested IN (0, 1)),
  contestCode TEXT,
  data TEXT NOT NULL
) STRICT;

-- Words of the events, for free text: its rowid is the place. Filled behind the views; `progress.words` says how far.
CREATE VIRTUAL TABLE event_text USING fts5(words, content = '', tokenize = 'unicode61');

CREATE TABLE order_view (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  requester TEXT NOT NULL,
  site TEXT NOT NULL,
  moduleClass TEXT NOT NULL,
  unit TEXT,
  station TEXT,
  bytes TEXT NOT NULL,
  persons INTEGER NOT NULL,
  classA INTEGER NOT NULL,
  notBefore TEXT NOT NULL,
  notAfter TEXT NOT NULL,
  reportBy TEXT NOT NULL,
  serials TEXT NOT NULL,
  approvals TEXT NOT NULL,
  taken TEXT NOT NULL,
  spent TEXT NOT NULL,
  overdue TEXT NOT NULL,
  approvedAt TEXT,
  ending TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  roles TEXT NOT NULL,
  credential TEXT,
  credentials TEXT NOT NULL,
  links TEXT NOT NULL,
  standing TEXT NOT NULL,
  erased INTEGER NOT NULL,
  signIns INTEGER NOT NULL,
  lastSignIn TEXT,
  setRoles TEXT NOT NULL,
  setVersion INTEGER,
  setHash TEXT,
  keys TEXT NOT NULL,
  requested INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  declined INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  credential TEXT NOT NULL,
  orderId TEXT NOT NULL,
  lineOrder TEXT,
  lineSerial TEXT,
  lineLink TEXT,
  technician TEXT,
  lines INTEGER NOT NULL,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chip_card (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  custodians TEXT NOT NULL,
  enforcement TEXT NOT NULL,
  deviceKey TEXT NOT NULL,
  orderId TEXT NOT NULL,
  cardKey TEXT,
  keyState TEXT NOT NULL,
  approverSet TEXT,
  uses INTEGER NOT NULL,
  lastNumber INTEGER NOT NULL,
  readNumber INTEGER,
  readHead TEXT,
  divergences TEXT NOT NULL,
  suspension TEXT,
  disabling TEXT,
  overdue INTEGER NOT NULL CHECK (overdue IN (0, 1)),
  fieldLeases TEXT NOT NULL,
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_view (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  state TEXT NOT NULL,
  epoch INTEGER,
  orderId TEXT,
  reason TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE security_module (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  moduleClass TEXT NOT NULL,
  identity TEXT NOT NULL,
  deliveredTo TEXT,
  site TEXT,
  orderId TEXT,
  unit TEXT,
  reservedUntil TEXT,
  fingerprint TEXT,
  epoch INTEGER NOT NULL,
  lastReset TEXT,
  step TEXT,
  stepOrder TEXT,
  failure TEXT,
  assurance TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  serial TEXT NOT NULL,
  orderId TEXT NOT NULL,
  card TEXT NOT NULL,
  cardKey TEXT NOT NULL,
  station TEXT,
  personalization TEXT NOT NULL,
  number INTEGER,
  assurance TEXT,
  enforcement TEXT,
  installedAt TEXT,
  reason TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE station (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  credential TEXT NOT NULL,
  orderId TEXT NOT NULL,
  stationKey TEXT NOT NULL,
  nextKey TEXT NOT NULL,
  formerKeys TEXT NOT NULL,
  retiredKeys TEXT NOT NULL,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE trust_list (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT,
  entries INTEGER NOT NULL,
  publishedAt TEXT,
  enforcedVersion INTEGER,
  enforcedHash TEXT,
  enforcedAt TEXT,
  keys TEXT NOT NULL,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  station TEXT NOT NULL,
  serial TEXT,
  fingerprint TEXT,
  counter INTEGER NOT NULL,
  authorized INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  reason TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE personalization (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL,
  serial TEXT NOT NULL,
  orderId TEXT NOT NULL,
  unit TEXT,
  technician TEXT,
  card TEXT,
  fingerprint TEXT,
  step TEXT NOT NULL,
  steps TEXT NOT NULL,
  code TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enforcement (
  id TEXT PRIMARY KEY NOT NULL,
  since INTEGER NOT NULL,
  station TEXT NOT NULL,
  cardKey TEXT NOT NULL,
  state TEXT NOT NULL,
  orderId TEXT NOT NULL,
  version INTEGER,
  decidedAt TEXT NOT NULL,
  enforcedAt TEXT,
  milliseconds INTEGER,
  pending TEXT,
  firstAt TEXT NOT NULL,
  lastAt TEXT NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  label TEXT NOT NULL,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of several conditions SQLite takes the index that was made last: the ones that tell least come first.
CREATE INDEX event_by_contested ON event (contested) WHERE contested = 1;
CREATE INDEX event_by_alarm ON event (alarm) WHERE alarm = 1;
CREATE INDEX event_by_room ON event (room);
CREATE INDEX event_by_occurredAt ON event (occurredAt);
CREATE INDEX event_by_recordedAt ON event (recordedAt);
CREATE INDEX event_by_type ON event (type);
CREATE INDEX event_by_code ON event (code) WHERE code IS NOT NULL;
CREATE INDEX event_by_station ON event (station) WHERE station IS NOT NULL;
CREATE INDEX event_by_unit ON event (unit) WHERE unit IS NOT NULL;
CREATE INDEX event_by_actor ON event (actor);
CREATE INDEX event_by_cardKey ON event (cardKey) WHERE cardKey IS NOT NULL;
CREATE INDEX event_by_card ON event (card) WHERE card IS NOT NULL;
CREATE INDEX event_by_stream ON event (stream);
CREATE INDEX event_by_orderId ON event (orderId) WHERE orderId IS NOT NULL;
CREATE INDEX event_by_fingerprint ON event (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX event_by_serial ON event (serial) WHERE serial IS NOT NULL;
CREATE INDEX order_view_by_since ON order_view (since, id);
CREATE INDEX order_view_by_state ON order_view (state, since, id);
CREATE INDEX order_view_by_kind ON order_view (kind, since, id);
CREATE INDEX order_view_by_requester ON order_view (requester, since, id);
CREATE INDEX order_view_by_unit ON order_view (unit, since, id);
CREATE INDEX order_view_by_station ON order_view (station, since, id);
CREATE INDEX operator_by_since ON operator (since, id);
CREATE INDEX unit_by_since ON unit (since, id);
CREATE INDEX unit_by_state ON unit (state, since, id);
CREATE INDEX chip_card_by_since ON chip_card (since, id);
CREATE INDEX chip_card_by_overdue ON chip_card (overdue, since, id);
CREATE INDEX chip_card_by_keyState ON chip_card (keyState, since, id);
CREATE INDEX key_view_by_since ON key_view (since, id);
CREATE INDEX key_view_by_kind ON key_view (kind, since, id);
CREATE INDEX key_view_by_state ON key_view (state, since, id);
CREATE INDEX key_view_by_holder ON key_view (holder, since, id);
CREATE INDEX key_view_by_name ON key_view (name, since, id);
CREATE INDEX security_module_by_since ON security_module (since, id);
CREATE INDEX order_view_by_approvedAt ON order_view (approvedAt, firstAt) WHERE approvedAt IS NOT NULL;
CREATE INDEX security_module_by_state ON security_module (state, since, id);
CREATE INDEX security_module_by_site ON security_module (site, since, id);
CREATE INDEX security_module_by_assurance ON security_module (assurance, since, id);
CREATE INDEX security_module_counted ON security_module (state, site, assurance);
CREATE INDEX certificate_by_since ON certificate (since, id);
CREATE INDEX certificate_by_state ON certificate (state, since, id);
CREATE INDEX certificate_by_serial ON certificate (serial, since, id);
CREATE INDEX certificate_by_card ON certificate (card, since, id);
CREATE INDEX certificate_by_station ON certificate (station, since, id);
CREATE INDEX station_by_since ON station (since, id);
CREATE INDEX trust_list_by_since ON trust_list (since, id);
CREATE INDEX session_by_since ON session (since, id);
CREATE INDEX session_by_state ON session (state, since, id);
CREATE INDEX session_by_serial ON session (serial, since, id);
CREATE INDEX session_by_station ON session (station, since, id);
CREATE INDEX personalization_by_since ON personalization (since, id);
CREATE INDEX personalization_by_state ON personalization (state, since, id);
CREATE INDEX personalization_by_serial ON personalization (serial, since, id);
CREATE INDEX personalization_by_unit ON personalization (unit, since, id);
CREATE INDEX personalization_by_card ON personalization (card, since, id);
CREATE INDEX enforcement_by_decidedAt ON enforcement (decidedAt);
CREATE INDEX enforcement_by_pending ON enforcement (pending) WHERE pending IS NOT NULL;
