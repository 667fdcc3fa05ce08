-- +goose Up
-- The directory of bodies: names of organisations, addresses and hours stand here and never in the ledger. It is seeded by the importer.
CREATE TABLE closedmail_body (
  code       TEXT COLLATE "C" PRIMARY KEY,          -- cq-0001
  name       TEXT COLLATE "C" NOT NULL,
  address    TEXT COLLATE "C" NOT NULL,
  unit       TEXT COLLATE "C" NOT NULL,             -- ward or commune
  office     TEXT COLLATE "C" NOT NULL,             -- that delivers there
  hours      TEXT COLLATE "C" NOT NULL              -- "07:30-11:30,13:30-17:00"
);

-- Who entered a KT1 area: the number of the paper shown, sealed under a key of its own.
CREATE TABLE closedmail_visitor (
  visit      TEXT COLLATE "C" PRIMARY KEY,
  subject    TEXT COLLATE "C" NOT NULL,
  paper      TEXT COLLATE "C" NOT NULL,             -- kind of paper
  sealed     BYTEA NOT NULL
);

-- One line for each item, filled by the follower "closedmail" and rebuilt from the ledger at any time.
CREATE TABLE closedmail_item (
  item         TEXT COLLATE "C" PRIMARY KEY,
  seq          BIGINT NOT NULL,
  office       TEXT COLLATE "C" NOT NULL,
  to_office    TEXT COLLATE "C" NOT NULL,
  day          TEXT COLLATE "C" NOT NULL,           -- of acceptance
  accepted_ms  BIGINT NOT NULL,
  number       TEXT COLLATE "C" NOT NULL,
  sender       TEXT COLLATE "C" NOT NULL,
  addressee    TEXT COLLATE "C" NOT NULL,
  list         TEXT COLLATE "C" NOT NULL,           -- the sender's
  secrecy      TEXT COLLATE "C" NOT NULL,
  urgency      TEXT COLLATE "C" NOT NULL,
  inter        BIGINT NOT NULL,
  weight_g     BIGINT NOT NULL,
  fee_vnd      BIGINT NOT NULL,
  due_ms       BIGINT NOT NULL,
  wait_min     BIGINT NOT NULL,        -- from acceptance to leaving; -1: has not left
  attempt_ms   BIGINT NOT NULL,        -- the first delivery attempt; 0: none
  delivered_ms BIGINT NOT NULL,
  after_hours  BIGINT NOT NULL,
  undone       BIGINT NOT NULL
);
CREATE INDEX closedmail_item_day ON closedmail_item (day);
CREATE INDEX closedmail_item_sender ON closedmail_item (sender, seq);
CREATE INDEX closedmail_item_addressee ON closedmail_item (addressee, seq);

-- The lines of the registers, numbered from 1 in each register of an office.
CREATE TABLE closedmail_line (
  register   TEXT COLLATE "C" NOT NULL,
  office     TEXT COLLATE "C" NOT NULL,
  n          BIGINT NOT NULL,
  seq        BIGINT NOT NULL,
  at_ms      BIGINT NOT NULL,
  code       TEXT COLLATE "C" NOT NULL,             -- item, bag, handover or shift
  number     TEXT COLLATE "C" NOT NULL,             -- on the cover
  sender     TEXT COLLATE "C" NOT NULL,
  addressee  TEXT COLLATE "C" NOT NULL,
  marks      TEXT COLLATE "C" NOT NULL,             -- letter, urgency, stamps, as codes
  first      TEXT COLLATE "C" NOT NULL,             -- persons
  second     TEXT COLLATE "C" NOT NULL,
  count      BIGINT NOT NULL,
  what       TEXT COLLATE "C" NOT NULL,             -- a code
  PRIMARY KEY (register, office, n)
);

-- Who signed a handover that is not complete yet.
CREATE TABLE closedmail_signed (
  handover   TEXT COLLATE "C" NOT NULL,
  side       TEXT COLLATE "C" NOT NULL,
  person     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (handover, side)
);

-- Everything else that reports count: incidents, complaints, prints and more, as day, office, kind and number.
CREATE TABLE closedmail_tally (
  day        TEXT COLLATE "C" NOT NULL,
  office     TEXT COLLATE "C" NOT NULL,
  what       TEXT COLLATE "C" NOT NULL,             -- name of the fact
  kind       TEXT COLLATE "C" NOT NULL,
  n          BIGINT NOT NULL,
  PRIMARY KEY (day, office, what, kind)
);
