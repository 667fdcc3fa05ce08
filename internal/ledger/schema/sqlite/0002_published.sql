-- +goose Up
-- The newest checkpoint that enough witnesses cosigned, where they are required: what the public sees.
CREATE TABLE ledger_published (
	id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	size   INTEGER NOT NULL,
	signed BLOB NOT NULL,
	at_ms  INTEGER NOT NULL
) STRICT;
