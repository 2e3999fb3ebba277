-- How people are found: the token in a person's QR code, and who does not want to be found by number or Billet ID.

CREATE TABLE add_token (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    token_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    sealed     BLOB NOT NULL
);
CREATE UNIQUE INDEX add_token_by_hash ON add_token (token_hash);

-- No row: found by both.
CREATE TABLE findable (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed     BLOB NOT NULL
);

-- New devices that wait to be let in by one that is signed in. `account_id` and `seal` come with the confirmation.

CREATE TABLE device_link (
    token_hash  BLOB NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    started_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    sealed      BLOB NOT NULL,
    account_id  BLOB REFERENCES account ON DELETE CASCADE,
    seal        BLOB
);
CREATE INDEX device_link_by_account ON device_link (account_id);
CREATE INDEX device_link_by_expiry ON device_link (expires_at);

-- The tags under which people sort their contacts, each side's own.

CREATE TABLE contact_tag (
    account_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    contact_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    sealed     BLOB NOT NULL,
    PRIMARY KEY (account_id, contact_id)
);
CREATE INDEX contact_tag_by_contact ON contact_tag (contact_id);

-- The picture of a profile. `photo_id` is drawn anew with each picture.

CREATE TABLE profile_photo (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    photo_id   BLOB NOT NULL,
    sealed     BLOB NOT NULL
);

-- What people reported. Closing a report dates its end.

CREATE TABLE report (
    report_id   BLOB NOT NULL PRIMARY KEY,
    reporter_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    received_at BIGINT NOT NULL,
    closed_at   BIGINT,
    expires_at  BIGINT,
    sealed      BLOB NOT NULL
);
CREATE INDEX report_by_reporter ON report (reporter_id);
CREATE INDEX report_by_expiry ON report (expires_at);
