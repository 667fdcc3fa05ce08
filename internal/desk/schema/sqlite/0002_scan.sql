-- +goose Up
-- The last scans of each person at the desk: what a clerk sees on the right and can take back. The ledger keeps what was done; this is kept two days.
CREATE TABLE desk_scan (
	staff   TEXT NOT NULL,
	id      BLOB NOT NULL,
	at_ms   INTEGER NOT NULL,
	context TEXT NOT NULL,
	code    TEXT NOT NULL,
	did     TEXT NOT NULL,
	act     BLOB,
	undone  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (staff, id)
) STRICT, WITHOUT ROWID;
-- Who printed a receipt or label and when: a second print is a reprint and says so.
CREATE TABLE desk_print (
	item  TEXT NOT NULL,
	id    BLOB NOT NULL,
	paper TEXT NOT NULL,
	staff TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (item, id)
) STRICT, WITHOUT ROWID;
