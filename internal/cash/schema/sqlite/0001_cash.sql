-- +goose Up
-- The postings of the facts of money, and the State receipts; filled by the follower "cash" and rebuilt from the ledger at any time.
CREATE TABLE cash_posting (
  seq         INTEGER NOT NULL,          -- entry of the ledger
  n           INTEGER NOT NULL,          -- fact within the entry
  p           INTEGER NOT NULL,          -- posting within the fact
  day         TEXT NOT NULL,             -- on which it was recorded
  fact        TEXT NOT NULL,
  item        TEXT NOT NULL,             -- '' for none
  ref         TEXT NOT NULL,             -- shift, agency and slip, record
  office      TEXT NOT NULL,
  account     TEXT NOT NULL,
  amount_vnd  INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY (seq, n, p)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_posting_day ON cash_posting (day, account);
CREATE INDEX cash_posting_ref ON cash_posting (ref) WHERE ref <> '';

CREATE TABLE cash_receipt (
  book        TEXT NOT NULL,
  number      INTEGER NOT NULL,
  item        TEXT NOT NULL,
  agency      TEXT NOT NULL,
  kind        TEXT NOT NULL,             -- fee, charge
  amount_vnd  INTEGER NOT NULL,
  day         TEXT NOT NULL,
  office      TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  voided_seq  INTEGER NOT NULL,          -- 0 while it is good
  PRIMARY KEY (book, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_receipt_agency ON cash_receipt (agency, day);
