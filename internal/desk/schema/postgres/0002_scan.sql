-- +goose Up
-- The last scans of each person at the desk: what a clerk sees on the right and can take back. The ledger keeps what was done; this is kept two days.
CREATE TABLE desk_scan (
	staff   TEXT COLLATE "C" NOT NULL,
	id      BYTEA NOT NULL,
	at_ms   BIGINT NOT NULL,
	context TEXT COLLATE "C" NOT NULL,
	code    TEXT COLLATE "C" NOT NULL,
	did     TEXT NOT NULL,
	act     BYTEA,
	undone  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (staff, id)
);
-- Who printed a receipt or label and when: a second print is a reprint and says so.
CREATE TABLE desk_print (
	item  TEXT COLLATE "C" NOT NULL,
	id    BYTEA NOT NULL,
	paper TEXT NOT NULL,
	staff TEXT COLLATE "C" NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (item, id)
);
