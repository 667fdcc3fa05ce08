-- +goose Up
-- Settled irregularities by office, newest last: the ledger's boards hold only the open ones. A follower of the ledger keeps it.
CREATE TABLE desk_settled (
	irregularity TEXT NOT NULL PRIMARY KEY,
	office       TEXT NOT NULL,
	seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_settled_office ON desk_settled (office, seq);
