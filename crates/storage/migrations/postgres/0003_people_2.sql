-- How people are found: the token in a person's QR code, and who does not want to be found by number or Billet ID.

CREATE TABLE add_token (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    sealed     BYTEA NOT NULL
);
CREATE UNIQUE INDEX add_token_by_hash ON add_token (token_hash);

-- No row: found by both.
CREATE TABLE findable (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed     BYTEA NOT NULL
);
