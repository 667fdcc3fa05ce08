-- +goose Up
-- What is told to people about their mail, one row for each channel. It holds codes only; who is meant, and the text, the capability gives when it goes.
CREATE TABLE notification (
	id         INTEGER NOT NULL PRIMARY KEY,
	told_key   TEXT NOT NULL,
	channel    TEXT NOT NULL,
	source     TEXT NOT NULL,
	about      TEXT NOT NULL,
	body       BLOB NOT NULL,
	state      TEXT NOT NULL,
	ref        TEXT NOT NULL DEFAULT '',
	why        TEXT NOT NULL DEFAULT '',
	made_ms    INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX notification_key ON notification (told_key, channel);
CREATE INDEX notification_state ON notification (state, id);
CREATE INDEX notification_about ON notification (about, id);
CREATE INDEX notification_ref ON notification (channel, ref) WHERE ref <> '';
