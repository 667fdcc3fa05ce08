-- +goose Up
-- Operators outside the house with whom KT1 is exchanged: names and addresses stand here and never in the ledger. It is filled by an importer.
CREATE TABLE closedmail_partner (
  code       TEXT PRIMARY KEY,          -- dt-01
  name       TEXT NOT NULL,
  address    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What partners have to do with an item; filled by the follower "closedmail".
ALTER TABLE closedmail_item ADD COLUMN from_partner TEXT NOT NULL DEFAULT '';  -- that brought it: it was accepted there and is no volume of ours
ALTER TABLE closedmail_item ADD COLUMN to_partner TEXT NOT NULL DEFAULT '';    -- to which it was given last
ALTER TABLE closedmail_item ADD COLUMN given_day TEXT NOT NULL DEFAULT '';
ALTER TABLE closedmail_item ADD COLUMN told TEXT NOT NULL DEFAULT '';          -- what that partner told last

-- +goose Down
ALTER TABLE closedmail_item DROP COLUMN told;
ALTER TABLE closedmail_item DROP COLUMN given_day;
ALTER TABLE closedmail_item DROP COLUMN to_partner;
ALTER TABLE closedmail_item DROP COLUMN from_partner;
DROP TABLE closedmail_partner;
