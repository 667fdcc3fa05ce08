-- +goose Up
-- One key per person, sealed under the house key (73 bytes, all zero when erased).
CREATE TABLE subject_key (
  subject    TEXT COLLATE "C" PRIMARY KEY,
  sealed_key BYTEA NOT NULL CHECK (length(sealed_key) = 73),
  created_ms BIGINT NOT NULL
);

-- Who was erased, and when.
CREATE TABLE subject_erased (
  subject   TEXT COLLATE "C" PRIMARY KEY REFERENCES subject_key (subject),
  erased_ms BIGINT NOT NULL
);

-- Which house key sealed this database: one row.
CREATE TABLE house_key (
  id          BIGINT PRIMARY KEY CHECK (id = 1),
  fingerprint TEXT NOT NULL,
  created_ms  BIGINT NOT NULL
);
