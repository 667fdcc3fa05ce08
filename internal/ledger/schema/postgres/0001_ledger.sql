-- +goose Up
CREATE TABLE ledger_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  BIGINT NOT NULL,
	recorded_ms BIGINT NOT NULL
);
INSERT INTO ledger_head VALUES (1, 0, 0);
-- Order is seq, never a clock. The bytes in body are the bytes that are hashed.
CREATE TABLE ledger_entry (
	seq  BIGINT NOT NULL PRIMARY KEY,
	body BYTEA NOT NULL
);
-- What was sent under which id: the same again gets the first answer, another content a refusal.
CREATE TABLE ledger_act (
	id     BYTEA NOT NULL PRIMARY KEY,
	seq    BIGINT NOT NULL,
	digest BIGINT NOT NULL
);
-- What the entries add up to. place is where the thing lies now, NULL when it is on no board; trail is the list of entries that touched it.
CREATE TABLE ledger_state (
	key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	place TEXT COLLATE "C",
	trail BYTEA NOT NULL,
	body  BYTEA NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX ledger_state_place ON ledger_state (place, key) WHERE place IS NOT NULL;
-- Older parts of long trails.
CREATE TABLE ledger_trail (
	key   TEXT COLLATE "C" NOT NULL,
	first BIGINT NOT NULL,
	seqs  BYTEA NOT NULL,
	PRIMARY KEY (key, first)
);
CREATE TABLE ledger_follower (
	name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	seq  BIGINT NOT NULL
);
-- Tiles of the tree (C2SP tlog-tiles): full ones never change; the unfinished one of level 0 is stored with each checkpoint.
CREATE TABLE ledger_tile (
	level  BIGINT NOT NULL,
	n      BIGINT NOT NULL,
	hashes BYTEA NOT NULL,
	PRIMARY KEY (level, n)
);
-- Signed heads of the tree: the last one of each hour in which something was recorded.
CREATE TABLE ledger_checkpoint (
	hour   BIGINT NOT NULL PRIMARY KEY,
	size   BIGINT NOT NULL UNIQUE,
	signed BYTEA NOT NULL
);
