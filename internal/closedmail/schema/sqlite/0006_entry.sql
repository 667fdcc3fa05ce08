-- +goose Up
-- The directory of bodies by version: a change never takes away what stood there before. Names of organisations, addresses and hours stand here and never in the
-- ledger, which has the digest of each version. A row that is older than these digests has no salt.
CREATE TABLE closedmail_entry (
  code       TEXT NOT NULL,             -- cq-0001
  version    INTEGER NOT NULL,
  from_ms    INTEGER NOT NULL,          -- from when it holds
  name       TEXT NOT NULL,
  address    TEXT NOT NULL,
  unit       TEXT NOT NULL,             -- ward or commune
  province   TEXT NOT NULL,             -- of the unit, where the gazetteer may not know it; else ''
  zone       TEXT NOT NULL,             -- inner, suburban, or '' where nobody said so
  office     TEXT NOT NULL,             -- that delivers there
  hours      TEXT NOT NULL,             -- "07:30-11:30,13:30-17:00"
  salt       TEXT NOT NULL,
  PRIMARY KEY (code, version)
) STRICT, WITHOUT ROWID;
INSERT INTO closedmail_entry (code, version, from_ms, name, address, unit, province, zone, office, hours, salt)
  SELECT code, 0, 0, name, address, unit, '', '', office, hours, '' FROM closedmail_body;
-- closedmail_body stays for the release before; nothing reads it any more.

-- What the report says of an item beyond its times: the bag it lies in, the incident by which it is not known to be whole, whether the search for it ended without it, and the
-- superior force that excuses its delay.
ALTER TABLE closedmail_item ADD COLUMN bag TEXT NOT NULL DEFAULT '';
ALTER TABLE closedmail_item ADD COLUMN harmed TEXT NOT NULL DEFAULT '';
ALTER TABLE closedmail_item ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closedmail_item ADD COLUMN excuse TEXT NOT NULL DEFAULT '';

-- Which line of which incident book an incident began with: what follows names it. Filled by the follower "closedmail".
CREATE TABLE closedmail_incident (
  incident   TEXT PRIMARY KEY,
  office     TEXT NOT NULL,
  n          INTEGER NOT NULL,
  code       TEXT NOT NULL              -- the first thing it names
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE closedmail_incident;
ALTER TABLE closedmail_item DROP COLUMN excuse;
ALTER TABLE closedmail_item DROP COLUMN lost;
ALTER TABLE closedmail_item DROP COLUMN harmed;
ALTER TABLE closedmail_item DROP COLUMN bag;
DROP TABLE closedmail_entry;
