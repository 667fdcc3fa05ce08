-- +goose Up
-- How often the states were rebuilt: a process that remembers states of another number forgets them.
ALTER TABLE ledger_head ADD COLUMN rebuilt INTEGER NOT NULL DEFAULT 0;
-- Checksums over rows that no entry tells of; NULL in rows of before, until they are written the next time.
ALTER TABLE ledger_follower ADD COLUMN seal INTEGER;
ALTER TABLE ledger_published ADD COLUMN seal INTEGER;
