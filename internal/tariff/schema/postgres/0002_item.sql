-- +goose Up
-- What was accepted, as far as a price depends on it; filled by the follower "tariff-items" and rebuilt from the ledger at any time.
CREATE TABLE tariff_item (
  item        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  seq         BIGINT NOT NULL,          -- entry of the ledger
  month       TEXT COLLATE "C" NOT NULL,             -- "2020-04", in which it was recorded
  on_day      TEXT COLLATE "C" NOT NULL,             -- of acceptance
  office      TEXT COLLATE "C" NOT NULL,
  service     TEXT COLLATE "C" NOT NULL,
  to_unit     TEXT COLLATE "C" NOT NULL,
  weight_g    BIGINT NOT NULL,
  fee_vnd     BIGINT NOT NULL
);
CREATE INDEX tariff_item_month ON tariff_item (month, seq);
