-- +goose Up
CREATE TABLE ledger_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  INTEGER NOT NULL,
	recorded_ms INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_head VALUES (1, 0, 0);
-- Order is seq, never a clock. The bytes in body are the bytes that are hashed.
CREATE TABLE ledger_entry (
	seq  INTEGER NOT NULL PRIMARY KEY,
	body BLOB NOT NULL
) STRICT;
-- What was sent under which id: the same again gets the first answer, another content a refusal.
CREATE TABLE ledger_act (
	id     BLOB NOT NULL PRIMARY KEY,
	seq    INTEGER NOT NULL,
	digest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What the entries add up to. place is where the thing lies now, NULL when it is on no board; trail is the list of entries that touched it.
CREATE TABLE ledger_state (
	key   TEXT NOT NULL PRIMARY KEY,
	place TEXT,
	trail BLOB NOT NULL,
	body  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_state_place ON ledger_state (place, key) WHERE place IS NOT NULL;
-- Older parts of long trails.
CREATE TABLE ledger_trail (
	key   TEXT NOT NULL,
	first INTEGER NOT NULL,
	seqs  BLOB NOT NULL,
	PRIMARY KEY (key, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_follower (
	name TEXT NOT NULL PRIMARY KEY,
	seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Tiles of the tree (C2SP tlog-tiles): full ones never change; the unfinished one of level 0 is stored with each checkpoint.
CREATE TABLE ledger_tile (
	level  INTEGER NOT NULL,
	n      INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (level, n)
) STRICT;
-- Signed heads of the tree: the last one of each hour in which something was recorded.
CREATE TABLE ledger_checkpoint (
	hour   INTEGER NOT NULL PRIMARY KEY,
	size   INTEGER NOT NULL UNIQUE,
	signed BLOB NOT NULL
) STRICT;
