-- +goose Up
-- What a site has imported. Units and links lie over the tables that the program ships: same key, the site's row counts.
CREATE TABLE gazetteer_unit (
  code       TEXT    NOT NULL,
  valid_from TEXT    NOT NULL, -- day, '' when older than the record
  valid_to   TEXT    NOT NULL, -- day, '' while in force
  kind       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  name_en    TEXT    NOT NULL,
  district   TEXT    NOT NULL,
  province   TEXT    NOT NULL,
  postcode   TEXT    NOT NULL,
  act        TEXT    NOT NULL,
  area_ha    INTEGER NOT NULL,
  population INTEGER NOT NULL,
  lat        REAL    NOT NULL,
  lon        REAL    NOT NULL,
  seat       TEXT    NOT NULL,
  PRIMARY KEY (code, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE gazetteer_link (
  on_day   TEXT NOT NULL,
  old_code TEXT NOT NULL,
  new_code TEXT NOT NULL,
  share    TEXT NOT NULL,
  act      TEXT NOT NULL,
  PRIMARY KEY (on_day, old_code, new_code)
) STRICT, WITHOUT ROWID;

CREATE TABLE gazetteer_office (
  code       TEXT    NOT NULL,
  valid_from TEXT    NOT NULL,
  valid_to   TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  unit       TEXT    NOT NULL,
  address    TEXT    NOT NULL,
  lat        REAL    NOT NULL,
  lon        REAL    NOT NULL,
  hours      TEXT    NOT NULL,
  act        TEXT    NOT NULL,
  made_up    INTEGER NOT NULL CHECK (made_up IN (0, 1)),
  PRIMARY KEY (code, valid_from)
) STRICT, WITHOUT ROWID;

-- One row for each file that was taken in: which act, from which day, what it changed.
CREATE TABLE gazetteer_import (
  what           TEXT    NOT NULL,
  sha256         TEXT    NOT NULL,
  valid_from     TEXT    NOT NULL,
  act            TEXT    NOT NULL,
  rows_read      INTEGER NOT NULL,
  added          INTEGER NOT NULL,
  closed         INTEGER NOT NULL,
  renamed        INTEGER NOT NULL,
  moved          INTEGER NOT NULL,
  changed        INTEGER NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  PRIMARY KEY (what, sha256, valid_from)
) STRICT, WITHOUT ROWID;

-- One row, touched first by every import, so that two imports never run at the same time.
CREATE TABLE gazetteer_turn (
  id    INTEGER PRIMARY KEY,
  turns INTEGER NOT NULL
) STRICT;
INSERT INTO gazetteer_turn (id, turns) VALUES (1, 0);
