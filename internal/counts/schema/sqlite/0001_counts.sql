-- +goose Up
-- The key whose sheets are taken; the last one named counts.
CREATE TABLE counts_key (
  verifier  TEXT NOT NULL PRIMARY KEY,
  named_ms  INTEGER NOT NULL
) STRICT;

-- The sheets as they came, signature and all.
CREATE TABLE counts_sheet (
  from_day  TEXT NOT NULL,
  to_day    TEXT NOT NULL,
  made_ms   INTEGER NOT NULL,
  file      TEXT NOT NULL,
  came_ms   INTEGER NOT NULL,
  PRIMARY KEY (from_day, to_day, made_ms)
) STRICT;

-- +goose Down
DROP TABLE counts_sheet;
DROP TABLE counts_key;
