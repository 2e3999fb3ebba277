-- Accounts, devices, sessions, contacts. Ids, times and relations are in clear; `sealed` and `pointer` are sealed by the
-- vault; `*_hash` are keyed hashes. Every column belongs to a row of policy/policy.toml.

CREATE TABLE account (
    account_id BYTEA NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    sealed     BYTEA NOT NULL
);

CREATE TABLE profile (
    account_id        BYTEA NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed            BYTEA NOT NULL,
    handle_changed_at BIGINT
);

-- From a keyed hash of a number or a Billet ID to the account, sealed under that account's slot.
CREATE TABLE blind_index (
    hash    BYTEA NOT NULL PRIMARY KEY,
    pointer BYTEA NOT NULL
);

CREATE TABLE verification_code (
    number_hash BYTEA NOT NULL PRIMARY KEY,
    code_hash   BYTEA NOT NULL,
    tries       BIGINT NOT NULL,
    sent_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX verification_code_by_expiry ON verification_code (expires_at);

CREATE TABLE waiting_child (
    number_hash BYTEA NOT NULL PRIMARY KEY,
    started_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    sealed      BYTEA NOT NULL
);
CREATE INDEX waiting_child_by_expiry ON waiting_child (expires_at);

CREATE TABLE device (
    device_id  BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    sealed     BYTEA NOT NULL
);
CREATE INDEX device_by_account ON device (account_id);

CREATE TABLE session (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    device_id  BYTEA NOT NULL REFERENCES device ON DELETE CASCADE,
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seal       BYTEA NOT NULL
);
CREATE INDEX session_by_device ON session (device_id);
CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE login (
    login_id   BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sealed     BYTEA NOT NULL
);
CREATE INDEX login_by_account ON login (account_id);
CREATE INDEX login_by_expiry ON login (expires_at);

-- Two rows for every pair: each side's own.
CREATE TABLE contact (
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    contact_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    since      BIGINT NOT NULL,
    PRIMARY KEY (account_id, contact_id)
);
CREATE INDEX contact_by_contact ON contact (contact_id);

CREATE TABLE contact_request (
    request_id BYTEA NOT NULL PRIMARY KEY,
    from_id    BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    to_id      BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sealed     BYTEA NOT NULL
);
CREATE UNIQUE INDEX contact_request_by_pair ON contact_request (to_id, from_id);
CREATE INDEX contact_request_by_sender ON contact_request (from_id);
CREATE INDEX contact_request_by_expiry ON contact_request (expires_at);

CREATE TABLE remark (
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    contact_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    sealed     BYTEA NOT NULL,
    PRIMARY KEY (account_id, contact_id)
);
CREATE INDEX remark_by_contact ON remark (contact_id);

CREATE TABLE block (
    account_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    blocked_id BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    since      BIGINT NOT NULL,
    PRIMARY KEY (account_id, blocked_id)
);
CREATE INDEX block_by_blocked ON block (blocked_id);
