-- +goose Up
-- Relief as the ledger's facts give it, one row a fact; filled by the follower "tariff" and rebuilt from the ledger at any time.
CREATE TABLE tariff_relief (
  seq         INTEGER NOT NULL,          -- entry of the ledger
  n           INTEGER NOT NULL,          -- fact within the entry
  item        TEXT NOT NULL,
  policy      TEXT NOT NULL,
  payer       TEXT NOT NULL,
  month       TEXT NOT NULL,             -- "2020-04", in which it was booked
  on_day      TEXT NOT NULL,             -- whose rules gave it
  office      TEXT NOT NULL,
  list_vnd    INTEGER NOT NULL,          -- negative when taken back
  amount_vnd  INTEGER NOT NULL,          -- negative when taken back
  retro       INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX tariff_relief_month ON tariff_relief (month, payer, policy);
