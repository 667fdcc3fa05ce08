-- +goose Up
-- What a site has imported. Units and links lie over the tables that the program ships: same key, the site's row counts.
CREATE TABLE gazetteer_unit (
  code       TEXT COLLATE "C" NOT NULL,
  valid_from TEXT COLLATE "C" NOT NULL, -- day, '' when older than the record
  valid_to   TEXT COLLATE "C" NOT NULL, -- day, '' while in force
  kind       TEXT COLLATE "C" NOT NULL,
  name       TEXT    NOT NULL,
  name_en    TEXT    NOT NULL,
  district   TEXT COLLATE "C" NOT NULL,
  province   TEXT COLLATE "C" NOT NULL,
  postcode   TEXT COLLATE "C" NOT NULL,
  act        TEXT    NOT NULL,
  area_ha    INTEGER NOT NULL,
  population INTEGER NOT NULL,
  lat        DOUBLE PRECISION NOT NULL,
  lon        DOUBLE PRECISION NOT NULL,
  seat       TEXT    NOT NULL,
  PRIMARY KEY (code, valid_from)
);

CREATE TABLE gazetteer_link (
  on_day   TEXT COLLATE "C" NOT NULL,
  old_code TEXT COLLATE "C" NOT NULL,
  new_code TEXT COLLATE "C" NOT NULL,
  share    TEXT COLLATE "C" NOT NULL,
  act      TEXT NOT NULL,
  PRIMARY KEY (on_day, old_code, new_code)
);

CREATE TABLE gazetteer_office (
  code       TEXT COLLATE "C" NOT NULL,
  valid_from TEXT COLLATE "C" NOT NULL,
  valid_to   TEXT COLLATE "C" NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  name       TEXT    NOT NULL,
  unit       TEXT COLLATE "C" NOT NULL,
  address    TEXT    NOT NULL,
  lat        DOUBLE PRECISION NOT NULL,
  lon        DOUBLE PRECISION NOT NULL,
  hours      TEXT    NOT NULL,
  act        TEXT    NOT NULL,
  made_up    BOOLEAN NOT NULL,
  PRIMARY KEY (code, valid_from)
);

-- One row for each file that was taken in: which act, from which day, what it changed.
CREATE TABLE gazetteer_import (
  what           TEXT COLLATE "C" NOT NULL,
  sha256         TEXT COLLATE "C" NOT NULL,
  valid_from     TEXT COLLATE "C" NOT NULL,
  act            TEXT    NOT NULL,
  rows_read      INTEGER NOT NULL,
  added          INTEGER NOT NULL,
  closed         INTEGER NOT NULL,
  renamed        INTEGER NOT NULL,
  moved          INTEGER NOT NULL,
  changed        INTEGER NOT NULL,
  imported_at_ms BIGINT NOT NULL,
  PRIMARY KEY (what, sha256, valid_from)
);

-- One row, touched first by every import, so that two imports never run at the same time.
CREATE TABLE gazetteer_turn (
  id    INTEGER PRIMARY KEY,
  turns BIGINT NOT NULL
);
INSERT INTO gazetteer_turn (id, turns) VALUES (1, 0);
