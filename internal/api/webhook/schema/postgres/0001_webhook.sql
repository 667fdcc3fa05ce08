-- +goose Up
-- Who is told of which facts, where. The secret is sealed; from_seq is where the ledger stood when the subscription was made.
CREATE TABLE webhook (
	id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	url        TEXT NOT NULL,
	secret     BYTEA NOT NULL,
	events     TEXT COLLATE "C" NOT NULL,
	office     TEXT COLLATE "C" NOT NULL,
	active     BOOLEAN NOT NULL,
	from_seq   BIGINT NOT NULL,
	made_at_ms BIGINT NOT NULL,
	made_by    TEXT COLLATE "C" NOT NULL
);
