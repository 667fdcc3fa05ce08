-- +goose Up
-- The people of a dossier, each side sealed under a key of its own; act is the act that accepted the dossier, or made the complaint. The rows are written before the act.
CREATE TABLE dossier_person (
	act        BLOB NOT NULL,
	side       TEXT NOT NULL,             -- sender, receiver, complaint
	subject    TEXT NOT NULL,
	phone      BLOB,                      -- blind index, to find a caller's dossiers
	sealed     BLOB NOT NULL,
	created_ms INTEGER NOT NULL,
	PRIMARY KEY (act, side)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_person_phone ON dossier_person (phone) WHERE phone IS NOT NULL;
-- Pictures (the list that both signed, the sealed packet), sealed under the sender's key; the fact holds their hash.
CREATE TABLE dossier_picture (
	act        BLOB NOT NULL,
	hash       TEXT NOT NULL,
	kind       TEXT NOT NULL,             -- list, packet
	type       TEXT NOT NULL,             -- image/jpeg, image/png, image/webp
	subject    TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	created_ms INTEGER NOT NULL,
	PRIMARY KEY (act, hash)
) STRICT;
-- Who looked at people's names or pictures in full, and why.
CREATE TABLE dossier_access (
	id      INTEGER NOT NULL PRIMARY KEY,
	at_ms   INTEGER NOT NULL,
	staff   TEXT NOT NULL,
	office  TEXT NOT NULL,
	dossier TEXT NOT NULL,
	what    TEXT NOT NULL
) STRICT;
CREATE INDEX dossier_access_dossier ON dossier_access (dossier, id);
-- The agencies with which the post exchanges dossiers.
CREATE TABLE dossier_agency (
	code    TEXT NOT NULL PRIMARY KEY,
	name    TEXT NOT NULL,
	name_en TEXT NOT NULL,
	address TEXT NOT NULL,
	unit    TEXT NOT NULL,
	office  TEXT NOT NULL,                -- whose postman goes there
	active  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
