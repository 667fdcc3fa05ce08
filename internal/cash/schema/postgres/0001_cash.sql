-- +goose Up
-- The postings of the facts of money, and the State receipts; filled by the follower "cash" and rebuilt from the ledger at any time.
CREATE TABLE cash_posting (
  seq         BIGINT NOT NULL,           -- entry of the ledger
  n           BIGINT NOT NULL,           -- fact within the entry
  p           BIGINT NOT NULL,           -- posting within the fact
  day         TEXT COLLATE "C" NOT NULL, -- on which it was recorded
  fact        TEXT COLLATE "C" NOT NULL,
  item        TEXT COLLATE "C" NOT NULL, -- '' for none
  ref         TEXT COLLATE "C" NOT NULL, -- shift, agency and slip, record
  office      TEXT COLLATE "C" NOT NULL,
  account     TEXT COLLATE "C" NOT NULL,
  amount_vnd  BIGINT NOT NULL,
  recorded_ms BIGINT NOT NULL,
  PRIMARY KEY (seq, n, p)
);
CREATE INDEX cash_posting_day ON cash_posting (day, account);
CREATE INDEX cash_posting_ref ON cash_posting (ref) WHERE ref <> '';

CREATE TABLE cash_receipt (
  book        TEXT COLLATE "C" NOT NULL,
  number      BIGINT NOT NULL,
  item        TEXT COLLATE "C" NOT NULL,
  agency      TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL, -- fee, charge
  amount_vnd  BIGINT NOT NULL,
  day         TEXT COLLATE "C" NOT NULL,
  office      TEXT COLLATE "C" NOT NULL,
  seq         BIGINT NOT NULL,
  voided_seq  BIGINT NOT NULL,           -- 0 while it is good
  PRIMARY KEY (book, number)
);
CREATE INDEX cash_receipt_agency ON cash_receipt (agency, day);
