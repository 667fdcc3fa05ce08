-- +goose Up
-- Relief as the ledger's facts give it, one row a fact; filled by the follower "tariff" and rebuilt from the ledger at any time.
CREATE TABLE tariff_relief (
  seq         BIGINT NOT NULL,           -- entry of the ledger
  n           BIGINT NOT NULL,           -- fact within the entry
  item        TEXT COLLATE "C" NOT NULL,
  policy      TEXT COLLATE "C" NOT NULL,
  payer       TEXT COLLATE "C" NOT NULL,
  month       TEXT COLLATE "C" NOT NULL, -- "2020-04", in which it was booked
  on_day      TEXT COLLATE "C" NOT NULL, -- whose rules gave it
  office      TEXT COLLATE "C" NOT NULL,
  list_vnd    BIGINT NOT NULL,           -- negative when taken back
  amount_vnd  BIGINT NOT NULL,           -- negative when taken back
  retro       BIGINT NOT NULL,
  recorded_ms BIGINT NOT NULL,
  PRIMARY KEY (seq, n)
);
CREATE INDEX tariff_relief_month ON tariff_relief (month, payer, policy);
