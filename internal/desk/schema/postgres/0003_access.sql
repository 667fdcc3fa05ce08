-- +goose Up
-- Who looked at people's full names and addresses, and why: one row a look. what is an item's number, or the code of a list.
CREATE TABLE desk_access (
	id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at_ms  BIGINT NOT NULL,
	staff  TEXT COLLATE "C" NOT NULL,
	office TEXT COLLATE "C" NOT NULL,
	role   TEXT NOT NULL,
	what   TEXT COLLATE "C" NOT NULL,
	why    TEXT NOT NULL
);
CREATE INDEX desk_access_what ON desk_access (what, id);
