-- +goose Up
-- The shifts of the drawers; filled by the follower "cash-shifts" and rebuilt from the ledger at any time.
CREATE TABLE cash_shift (
  drawer       TEXT COLLATE "C" NOT NULL,
  shift        BIGINT NOT NULL,
  office       TEXT COLLATE "C" NOT NULL,
  clerk        TEXT COLLATE "C" NOT NULL,
  opened_seq   BIGINT NOT NULL,
  opened_ms    BIGINT NOT NULL,
  float_vnd    BIGINT NOT NULL,
  notes        TEXT COLLATE "C" NOT NULL,             -- of the last count, JSON
  counted_vnd  BIGINT NOT NULL,
  closed_seq   BIGINT NOT NULL,          -- 0 while it is open
  closed_ms    BIGINT NOT NULL,
  closed_by    TEXT COLLATE "C" NOT NULL,
  expected_vnd BIGINT NOT NULL,
  reason       TEXT COLLATE "C" NOT NULL,             -- of a difference
  born_by      TEXT COLLATE "C" NOT NULL,             -- '' while nobody has decided
  PRIMARY KEY (drawer, shift)
);
CREATE INDEX cash_shift_office ON cash_shift (office, opened_seq);
