-- +goose Up
-- Who looked at people's full names and addresses, and why: one row a look. what is an item's number, or the code of a list.
CREATE TABLE desk_access (
	id     INTEGER NOT NULL PRIMARY KEY,
	at_ms  INTEGER NOT NULL,
	staff  TEXT NOT NULL,
	office TEXT NOT NULL,
	role   TEXT NOT NULL,
	what   TEXT NOT NULL,
	why    TEXT NOT NULL
) STRICT;
CREATE INDEX desk_access_what ON desk_access (what, id);
