-- +goose Up
-- The people of a dossier, each side sealed under a key of its own; act is the act that accepted the dossier, or made the complaint. The rows are written before the act.
CREATE TABLE dossier_person (
	act        BYTEA NOT NULL,
	side       TEXT COLLATE "C" NOT NULL,             -- sender, receiver, complaint
	subject    TEXT COLLATE "C" NOT NULL,
	phone      BYTEA,                      -- blind index, to find a caller's dossiers
	sealed     BYTEA NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (act, side)
);
CREATE INDEX dossier_person_phone ON dossier_person (phone) WHERE phone IS NOT NULL;
-- Pictures (the list that both signed, the sealed packet), sealed under the sender's key; the fact holds their hash.
CREATE TABLE dossier_picture (
	act        BYTEA NOT NULL,
	hash       TEXT COLLATE "C" NOT NULL,
	kind       TEXT COLLATE "C" NOT NULL,             -- list, packet
	type       TEXT COLLATE "C" NOT NULL,             -- image/jpeg, image/png, image/webp
	subject    TEXT COLLATE "C" NOT NULL,
	sealed     BYTEA NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (act, hash)
);
-- Who looked at people's names or pictures in full, and why.
CREATE TABLE dossier_access (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at_ms   BIGINT NOT NULL,
	staff   TEXT COLLATE "C" NOT NULL,
	office  TEXT COLLATE "C" NOT NULL,
	dossier TEXT COLLATE "C" NOT NULL,
	what    TEXT NOT NULL
);
CREATE INDEX dossier_access_dossier ON dossier_access (dossier, id);
-- The agencies with which the post exchanges dossiers.
CREATE TABLE dossier_agency (
	code    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	name    TEXT NOT NULL,
	name_en TEXT NOT NULL,
	address TEXT NOT NULL,
	unit    TEXT COLLATE "C" NOT NULL,
	office  TEXT COLLATE "C" NOT NULL,                -- whose postman goes there
	active  BIGINT NOT NULL
);
