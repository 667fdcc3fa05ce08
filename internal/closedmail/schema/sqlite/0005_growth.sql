-- +goose Up
-- What grows with the years is found by index: covers by their number, the line of an item's acceptance, a body's month.
CREATE INDEX closedmail_item_number ON closedmail_item (number);
CREATE INDEX closedmail_line_cover ON closedmail_line (code, seq) WHERE register IN ('out', 'in');
CREATE INDEX closedmail_item_sent ON closedmail_item (sender, day, seq);
CREATE INDEX closedmail_item_got ON closedmail_item (addressee, day, seq);

-- Where the visit was, for the log of one office; '' until daily care has looked it up in the ledger.
ALTER TABLE closedmail_visitor ADD COLUMN office TEXT NOT NULL DEFAULT '';
CREATE INDEX closedmail_visitor_office ON closedmail_visitor (office, visit);

-- Who brought a bag or box to the office where it is, by the last handover; filled by the follower "closedmail", for the in-register.
CREATE TABLE closedmail_brought (
  thing      TEXT PRIMARY KEY,
  person     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE closedmail_brought;
DROP INDEX closedmail_visitor_office;
ALTER TABLE closedmail_visitor DROP COLUMN office;
DROP INDEX closedmail_item_got;
DROP INDEX closedmail_item_sent;
DROP INDEX closedmail_line_cover;
DROP INDEX closedmail_item_number;
