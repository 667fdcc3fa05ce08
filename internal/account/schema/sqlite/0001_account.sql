-- +goose Up
-- People who sign in. A row is never deleted: acts in the ledger name it.
CREATE TABLE account (
  id             TEXT PRIMARY KEY,                    -- "nv-4k7q2m"
  login          TEXT NOT NULL UNIQUE,                -- lower case
  name           TEXT NOT NULL,
  office         TEXT NOT NULL,                       -- home office, '' for none
  phone          TEXT NOT NULL,                       -- '' for none
  password       TEXT NOT NULL,                       -- argon2id, PHC string
  password_ms    INTEGER NOT NULL,                    -- when it was set
  must_change    INTEGER NOT NULL,                    -- 1: a one-time password, to be replaced at the next sign-in
  totp           BLOB,                                -- second-factor seed, sealed with the house key
  totp_waiting   BLOB,                                -- the same, shown but not yet confirmed by a code
  totp_step      INTEGER NOT NULL DEFAULT 0,          -- last accepted time step: a code is good once
  last_grant     INTEGER NOT NULL DEFAULT 0,          -- the role used last, offered again at the next sign-in
  created_ms     INTEGER NOT NULL,
  created_by     TEXT NOT NULL,
  disabled_ms    INTEGER
) STRICT;

-- Roles given to people. A grant ends, it is never deleted or changed.
CREATE TABLE account_grant (
  id         INTEGER PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES account (id),
  role       TEXT NOT NULL,
  office     TEXT NOT NULL,                           -- '' everywhere
  until_day  TEXT NOT NULL,                           -- last day in force, '' no end
  granted_ms INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  ended_ms   INTEGER,
  ended_by   TEXT
) STRICT;
CREATE INDEX account_grant_account ON account_grant (account, id);

-- Codes for the day the telephone is lost; each is good once.
CREATE TABLE account_recovery (
  account TEXT NOT NULL REFERENCES account (id),
  code    BLOB NOT NULL,                              -- keyed hash
  used_ms INTEGER,
  PRIMARY KEY (account, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_session (
  id         TEXT PRIMARY KEY,                        -- names the session on lists; opens nothing
  token      BLOB NOT NULL UNIQUE,                    -- SHA-256 of the cookie's token
  account    TEXT NOT NULL REFERENCES account (id),
  stage      TEXT NOT NULL,                           -- '' signed in, 'code' second factor missing, 'password' new password missing
  grant_id   INTEGER NOT NULL,                        -- role in use, 0 none
  address    TEXT NOT NULL,
  agent      TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  seen_ms    INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms   INTEGER
) STRICT;
CREATE INDEX account_session_account ON account_session (account, created_ms);
CREATE INDEX account_session_expires ON account_session (expires_ms);

-- Brakes on guessing: one row for each login, address or account that failed lately.
CREATE TABLE account_brake (
  key     BLOB PRIMARY KEY,                           -- keyed hash of what is braked
  full_ms INTEGER NOT NULL                            -- when all failures will be forgotten
) STRICT, WITHOUT ROWID;
CREATE INDEX account_brake_full ON account_brake (full_ms);

-- Devices and programs that use the API.
CREATE TABLE account_device (
  id         TEXT PRIMARY KEY,                        -- "tb-4k7q2m"
  name       TEXT NOT NULL,
  token      BLOB NOT NULL UNIQUE,                    -- SHA-256 of the token
  office     TEXT NOT NULL,                           -- '' everywhere
  rights     TEXT NOT NULL,                           -- names joined by '|'
  until_day  TEXT NOT NULL,                           -- last day in force, '' no end
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  used_ms    INTEGER,
  revoked_ms INTEGER,
  revoked_by TEXT
) STRICT;

-- Who changed what about whom. Rows are only added.
CREATE TABLE account_audit (
  id      INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  actor   TEXT NOT NULL,                              -- staff id, 'command' for the command line, '' for nobody signed in
  role    TEXT NOT NULL,                              -- the role in use
  subject TEXT NOT NULL,                              -- staff or device id
  action  TEXT NOT NULL,
  detail  TEXT NOT NULL,                              -- codes and ids only
  address TEXT NOT NULL
) STRICT;
CREATE INDEX account_audit_subject ON account_audit (subject, id);
CREATE INDEX account_audit_actor ON account_audit (actor, id);

-- +goose StatementBegin
CREATE TRIGGER account_audit_stays BEFORE UPDATE ON account_audit
BEGIN SELECT RAISE(ABORT, 'account_audit is append only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_audit_remains BEFORE DELETE ON account_audit
BEGIN SELECT RAISE(ABORT, 'account_audit is append only'); END;
-- +goose StatementEnd
