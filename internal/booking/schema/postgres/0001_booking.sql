-- +goose Up
-- One row for each dossier that somebody prepares on the public page, from the first draft to the day it is forgotten.
CREATE TABLE booking (
  ref         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- what the citizen reads out: eight characters
  token_hash  BYTEA NOT NULL UNIQUE,      -- of the secret in the citizen's browser
  state       TEXT COLLATE "C" NOT NULL,
  version     BIGINT NOT NULL,             -- counts changes, so that nobody overwrites another's
  procedure   TEXT COLLATE "C" NOT NULL,
  way         TEXT COLLATE "C" NOT NULL,             -- counter or home, '' in a draft
  unit        TEXT COLLATE "C" NOT NULL,             -- commune of the pick-up
  office      TEXT COLLATE "C" NOT NULL,             -- that does it
  day         TEXT COLLATE "C" NOT NULL,
  opens       TEXT COLLATE "C" NOT NULL,
  closes      TEXT COLLATE "C" NOT NULL,
  carrier     TEXT COLLATE "C" NOT NULL,
  reason      TEXT COLLATE "C" NOT NULL,             -- why the last visit failed or the booking was cancelled
  item        TEXT COLLATE "C" NOT NULL,             -- what it became at the intake
  papers      TEXT COLLATE "C" NOT NULL,             -- JSON: which papers the citizen has
  phone_blind BYTEA NOT NULL,             -- to bound the bookings of one telephone; empty in a draft without one
  subject     TEXT COLLATE "C" NOT NULL,             -- whose key seals the next
  sealed      BYTEA NOT NULL,             -- name, telephone, e-mail, address
  created_ms  BIGINT NOT NULL,
  changed_ms  BIGINT NOT NULL
);
CREATE INDEX booking_office ON booking (office, state, day);
CREATE INDEX booking_carrier ON booking (carrier, state, day);
CREATE INDEX booking_old ON booking (state, changed_ms);
CREATE INDEX booking_phone ON booking (phone_blind);

-- Who looked at whose full name and address, once a day.
CREATE TABLE booking_look (
  ref   TEXT COLLATE "C" NOT NULL,
  staff TEXT COLLATE "C" NOT NULL,
  day   TEXT COLLATE "C" NOT NULL,
  role  TEXT COLLATE "C" NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (ref, staff, day)
);
