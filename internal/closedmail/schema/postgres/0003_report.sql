-- +goose Up
-- The words of the half-year and year report, each saving a version of its own. This is the only prose in the house: it is about the service, never about an item.
CREATE TABLE closedmail_report_text (
  period     TEXT COLLATE "C" NOT NULL,             -- 2026h1, 2026h2, 2026
  section    TEXT COLLATE "C" NOT NULL,
  version    BIGINT NOT NULL,
  words      TEXT COLLATE "C" NOT NULL,
  writer     TEXT COLLATE "C" NOT NULL,
  at_ms      BIGINT NOT NULL,
  PRIMARY KEY (period, section, version)
);

-- Who approved which report, by the fingerprint of its words and figures; filled by the follower "closedmail".
CREATE TABLE closedmail_report_approved (
  period     TEXT COLLATE "C" NOT NULL,
  digest     TEXT COLLATE "C" NOT NULL,
  seq        BIGINT NOT NULL,
  person     TEXT COLLATE "C" NOT NULL,
  at_ms      BIGINT NOT NULL,
  PRIMARY KEY (period, digest)
);

-- +goose Down
DROP TABLE closedmail_report_approved;
DROP TABLE closedmail_report_text;
