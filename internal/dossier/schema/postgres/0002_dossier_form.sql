-- +goose Up
-- A mark of what a form said that became an act, written with it: a form sent twice gets its first answer, other content under its id is refused.
CREATE TABLE dossier_form (
	act  BYTEA NOT NULL PRIMARY KEY,
	mark BYTEA NOT NULL
);
