-- +goose Up
-- One row for each version of a procedure. The body is the version as JSON, in our own format; the columns are what is asked for or decided upon.
CREATE TABLE procedure_version (
  code       TEXT COLLATE "C" NOT NULL,
  valid_from TEXT COLLATE "C" NOT NULL, -- day
  valid_to   TEXT COLLATE "C" NOT NULL, -- day, '' while it has no end
  act        TEXT COLLATE "C" NOT NULL, -- the act of the import that wrote the row last
  body       TEXT NOT NULL,
  PRIMARY KEY (code, valid_from)
);

-- One row for each file that was taken in: which act, from which day, what it changed.
CREATE TABLE procedure_import (
  sha256         TEXT COLLATE "C" NOT NULL,
  valid_from     TEXT COLLATE "C" NOT NULL,
  shape          TEXT COLLATE "C" NOT NULL,
  act            TEXT COLLATE "C" NOT NULL,
  rows_read      INTEGER NOT NULL,
  rows_wrong     INTEGER NOT NULL,
  added          INTEGER NOT NULL,
  changed        INTEGER NOT NULL,
  closed         INTEGER NOT NULL,
  imported_at_ms BIGINT NOT NULL,
  PRIMARY KEY (sha256, valid_from)
);

-- One row: touched first by every import, so that two imports never run at the same time; turns also tells a running house that the catalogue is a new one.
CREATE TABLE procedure_turn (
  id    INTEGER PRIMARY KEY,
  turns BIGINT NOT NULL
);
INSERT INTO procedure_turn (id, turns) VALUES (1, 0);
