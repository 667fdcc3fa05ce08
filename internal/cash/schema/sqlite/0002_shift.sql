-- +goose Up
-- The shifts of the drawers; filled by the follower "cash-shifts" and rebuilt from the ledger at any time.
CREATE TABLE cash_shift (
  drawer       TEXT NOT NULL,
  shift        INTEGER NOT NULL,
  office       TEXT NOT NULL,
  clerk        TEXT NOT NULL,
  opened_seq   INTEGER NOT NULL,
  opened_ms    INTEGER NOT NULL,
  float_vnd    INTEGER NOT NULL,
  notes        TEXT NOT NULL,             -- of the last count, JSON
  counted_vnd  INTEGER NOT NULL,
  closed_seq   INTEGER NOT NULL,          -- 0 while it is open
  closed_ms    INTEGER NOT NULL,
  closed_by    TEXT NOT NULL,
  expected_vnd INTEGER NOT NULL,
  reason       TEXT NOT NULL,             -- of a difference
  born_by      TEXT NOT NULL,             -- '' while nobody has decided
  PRIMARY KEY (drawer, shift)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_shift_office ON cash_shift (office, opened_seq);
