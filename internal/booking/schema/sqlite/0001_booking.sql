-- +goose Up
-- One row for each dossier that somebody prepares on the public page, from the first draft to the day it is forgotten.
CREATE TABLE booking (
  ref         TEXT    NOT NULL PRIMARY KEY, -- what the citizen reads out: eight characters
  token_hash  BLOB    NOT NULL UNIQUE,      -- of the secret in the citizen's browser
  state       TEXT    NOT NULL,
  version     INTEGER NOT NULL,             -- counts changes, so that nobody overwrites another's
  procedure   TEXT    NOT NULL,
  way         TEXT    NOT NULL,             -- counter or home, '' in a draft
  unit        TEXT    NOT NULL,             -- commune of the pick-up
  office      TEXT    NOT NULL,             -- that does it
  day         TEXT    NOT NULL,
  opens       TEXT    NOT NULL,
  closes      TEXT    NOT NULL,
  carrier     TEXT    NOT NULL,
  reason      TEXT    NOT NULL,             -- why the last visit failed or the booking was cancelled
  item        TEXT    NOT NULL,             -- what it became at the intake
  papers      TEXT    NOT NULL,             -- JSON: which papers the citizen has
  phone_blind BLOB    NOT NULL,             -- to bound the bookings of one telephone; empty in a draft without one
  subject     TEXT    NOT NULL,             -- whose key seals the next
  sealed      BLOB    NOT NULL,             -- name, telephone, e-mail, address
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_office ON booking (office, state, day);
CREATE INDEX booking_carrier ON booking (carrier, state, day);
CREATE INDEX booking_old ON booking (state, changed_ms);
CREATE INDEX booking_phone ON booking (phone_blind);

-- Who looked at whose full name and address, once a day.
CREATE TABLE booking_look (
  ref   TEXT    NOT NULL,
  staff TEXT    NOT NULL,
  day   TEXT    NOT NULL,
  role  TEXT    NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (ref, staff, day)
) STRICT, WITHOUT ROWID;
