-- +goose Up
-- The words of the half-year and year report, each saving a version of its own. This is the only prose in the house: it is about the service, never about an item.
CREATE TABLE closedmail_report_text (
  period     TEXT NOT NULL,             -- 2026h1, 2026h2, 2026
  section    TEXT NOT NULL,
  version    INTEGER NOT NULL,
  words      TEXT NOT NULL,
  writer     TEXT NOT NULL,
  at_ms      INTEGER NOT NULL,
  PRIMARY KEY (period, section, version)
) STRICT, WITHOUT ROWID;

-- Who approved which report, by the fingerprint of its words and figures; filled by the follower "closedmail".
CREATE TABLE closedmail_report_approved (
  period     TEXT NOT NULL,
  digest     TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  person     TEXT NOT NULL,
  at_ms      INTEGER NOT NULL,
  PRIMARY KEY (period, digest)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE closedmail_report_approved;
DROP TABLE closedmail_report_text;
