-- +goose Up
-- Settled irregularities by office, newest last: the ledger's boards hold only the open ones. A follower of the ledger keeps it.
CREATE TABLE desk_settled (
	irregularity TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	office       TEXT COLLATE "C" NOT NULL,
	seq          BIGINT NOT NULL
);
CREATE INDEX desk_settled_office ON desk_settled (office, seq);
