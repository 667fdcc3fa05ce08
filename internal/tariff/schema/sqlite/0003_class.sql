-- +goose Up
-- The class of beneficiary whose evidence the clerk saw; '' when the policy asks for none.
ALTER TABLE tariff_relief ADD COLUMN class TEXT NOT NULL DEFAULT '';
