-- +goose Up
-- One key per person, sealed under the house key. A row never changes its size, so that erasing overwrites the key where it
-- stands (73 bytes, all zero when erased) and no page is ever split or merged, which would leave copies of keys behind.
CREATE TABLE subject_key (
  subject    TEXT PRIMARY KEY,
  sealed_key BLOB NOT NULL CHECK (length(sealed_key) = 73),
  created_ms INTEGER NOT NULL
) STRICT;

-- Who was erased, and when.
CREATE TABLE subject_erased (
  subject   TEXT PRIMARY KEY REFERENCES subject_key (subject),
  erased_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which house key sealed this database: one row.
CREATE TABLE house_key (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  fingerprint TEXT NOT NULL,
  created_ms  INTEGER NOT NULL
) STRICT;
