-- +goose Up
-- Work that is to be done after the transaction that asked for it. What is done is deleted; what cannot be done stays as dead.
CREATE TABLE job (
	id         INTEGER NOT NULL PRIMARY KEY,
	kind       TEXT NOT NULL,
	args       BLOB NOT NULL,
	unique_key TEXT,
	run_at_ms  INTEGER NOT NULL,
	made_at_ms INTEGER NOT NULL,
	attempt    INTEGER NOT NULL DEFAULT 0,
	locked_until_ms INTEGER NOT NULL DEFAULT 0,
	last_error TEXT NOT NULL DEFAULT '',
	dead_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX job_unique ON job (kind, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX job_due ON job (run_at_ms, id) WHERE dead_at_ms = 0;
CREATE INDEX job_dead ON job (kind, id) WHERE dead_at_ms > 0;
