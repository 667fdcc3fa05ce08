-- +goose Up
-- The directory of bodies: names of organisations, addresses and hours stand here and never in the ledger. It is seeded by the importer.
CREATE TABLE closedmail_body (
  code       TEXT PRIMARY KEY,          -- cq-0001
  name       TEXT NOT NULL,
  address    TEXT NOT NULL,
  unit       TEXT NOT NULL,             -- ward or commune
  office     TEXT NOT NULL,             -- that delivers there
  hours      TEXT NOT NULL              -- "07:30-11:30,13:30-17:00"
) STRICT, WITHOUT ROWID;

-- Who entered a KT1 area: the number of the paper shown, sealed under a key of its own.
CREATE TABLE closedmail_visitor (
  visit      TEXT PRIMARY KEY,
  subject    TEXT NOT NULL,
  paper      TEXT NOT NULL,             -- kind of paper
  sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One line for each item, filled by the follower "closedmail" and rebuilt from the ledger at any time.
CREATE TABLE closedmail_item (
  item         TEXT PRIMARY KEY,
  seq          INTEGER NOT NULL,
  office       TEXT NOT NULL,
  to_office    TEXT NOT NULL,
  day          TEXT NOT NULL,           -- of acceptance
  accepted_ms  INTEGER NOT NULL,
  number       TEXT NOT NULL,
  sender       TEXT NOT NULL,
  addressee    TEXT NOT NULL,
  list         TEXT NOT NULL,           -- the sender's
  secrecy      TEXT NOT NULL,
  urgency      TEXT NOT NULL,
  inter        INTEGER NOT NULL,
  weight_g     INTEGER NOT NULL,
  fee_vnd      INTEGER NOT NULL,
  due_ms       INTEGER NOT NULL,
  wait_min     INTEGER NOT NULL,        -- from acceptance to leaving; -1: has not left
  attempt_ms   INTEGER NOT NULL,        -- the first delivery attempt; 0: none
  delivered_ms INTEGER NOT NULL,
  after_hours  INTEGER NOT NULL,
  undone       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX closedmail_item_day ON closedmail_item (day);
CREATE INDEX closedmail_item_sender ON closedmail_item (sender, seq);
CREATE INDEX closedmail_item_addressee ON closedmail_item (addressee, seq);

-- The lines of the registers, numbered from 1 in each register of an office.
CREATE TABLE closedmail_line (
  register   TEXT NOT NULL,
  office     TEXT NOT NULL,
  n          INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  code       TEXT NOT NULL,             -- item, bag, handover or shift
  number     TEXT NOT NULL,             -- on the cover
  sender     TEXT NOT NULL,
  addressee  TEXT NOT NULL,
  marks      TEXT NOT NULL,             -- letter, urgency, stamps, as codes
  first      TEXT NOT NULL,             -- persons
  second     TEXT NOT NULL,
  count      INTEGER NOT NULL,
  what       TEXT NOT NULL,             -- a code
  PRIMARY KEY (register, office, n)
) STRICT, WITHOUT ROWID;

-- Who signed a handover that is not complete yet.
CREATE TABLE closedmail_signed (
  handover   TEXT NOT NULL,
  side       TEXT NOT NULL,
  person     TEXT NOT NULL,
  PRIMARY KEY (handover, side)
) STRICT, WITHOUT ROWID;

-- Everything else that reports count: incidents, complaints, prints and more, as day, office, kind and number.
CREATE TABLE closedmail_tally (
  day        TEXT NOT NULL,
  office     TEXT NOT NULL,
  what       TEXT NOT NULL,             -- name of the fact
  kind       TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (day, office, what, kind)
) STRICT, WITHOUT ROWID;
