-- +goose Up
-- Where the contact outside working hours receives, and his telephone. Empty: not known yet, shown as a fault to mend.
ALTER TABLE closedmail_entry ADD COLUMN contact_place TEXT NOT NULL DEFAULT '';
ALTER TABLE closedmail_entry ADD COLUMN contact_phone TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE closedmail_entry DROP COLUMN contact_phone;
ALTER TABLE closedmail_entry DROP COLUMN contact_place;
