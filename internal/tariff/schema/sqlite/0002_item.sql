-- +goose Up
-- What was accepted, as far as a price depends on it; filled by the follower "tariff-items" and rebuilt from the ledger at any time.
CREATE TABLE tariff_item (
  item        TEXT NOT NULL PRIMARY KEY,
  seq         INTEGER NOT NULL,          -- entry of the ledger
  month       TEXT NOT NULL,             -- "2020-04", in which it was recorded
  on_day      TEXT NOT NULL,             -- of acceptance
  office      TEXT NOT NULL,
  service     TEXT NOT NULL,
  to_unit     TEXT NOT NULL,
  weight_g    INTEGER NOT NULL,
  fee_vnd     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tariff_item_month ON tariff_item (month, seq);
