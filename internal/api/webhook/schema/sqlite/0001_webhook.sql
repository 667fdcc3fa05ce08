-- +goose Up
-- Who is told of which facts, where. The secret is sealed; from_seq is where the ledger stood when the subscription was made.
CREATE TABLE webhook (
	id         TEXT NOT NULL PRIMARY KEY,
	url        TEXT NOT NULL,
	secret     BLOB NOT NULL,
	events     TEXT NOT NULL,
	office     TEXT NOT NULL,
	active     INTEGER NOT NULL,
	from_seq   INTEGER NOT NULL,
	made_at_ms INTEGER NOT NULL,
	made_by    TEXT NOT NULL
) STRICT;
