-- +goose Up
-- Who sends and who receives, sealed under the item's own subject key: erasing that key forgets them and breaks no proof.
-- The row is written before the act; an act that was refused leaves a row that Tidy removes.
CREATE TABLE desk_party (
	act        BYTEA NOT NULL PRIMARY KEY,
	subject    TEXT COLLATE "C" NOT NULL,
	sealed     BYTEA NOT NULL,
	created_ms BIGINT NOT NULL
);
-- Proofs of delivery (a drawn signature, a photo of the place), sealed likewise; the ledger holds their hash.
CREATE TABLE desk_proof (
	hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	subject    TEXT COLLATE "C" NOT NULL,
	kind       TEXT NOT NULL,
	sealed     BYTEA NOT NULL,
	created_ms BIGINT NOT NULL
);
