-- +goose Up
-- Who sends and who receives, sealed under the item's own subject key: erasing that key forgets them and breaks no proof.
-- The row is written before the act; an act that was refused leaves a row that Tidy removes.
CREATE TABLE desk_party (
	act        BLOB NOT NULL PRIMARY KEY,
	subject    TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Proofs of delivery (a drawn signature, a photo of the place), sealed likewise; the ledger holds their hash.
CREATE TABLE desk_proof (
	hash       TEXT NOT NULL PRIMARY KEY,
	subject    TEXT NOT NULL,
	kind       TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
