-- How conversations stand on all devices of an account. `peer_id` names nobody that must exist: conversations outlive
-- contacts, and whether an account exists is nobody's to learn from what is stored here.

CREATE TABLE chat_setting (
    account_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    peer_id    BLOB NOT NULL,
    revision   BIGINT NOT NULL,
    sealed     BLOB NOT NULL,
    PRIMARY KEY (account_id, peer_id)
);
CREATE INDEX chat_setting_by_revision ON chat_setting (account_id, revision);
CREATE INDEX chat_setting_by_peer ON chat_setting (peer_id);

CREATE TABLE chat_draft (
    draft_id   BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    peer_id    BLOB NOT NULL,
    written_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sealed     BLOB NOT NULL
);
CREATE UNIQUE INDEX chat_draft_by_chat ON chat_draft (account_id, peer_id);
CREATE INDEX chat_draft_by_peer ON chat_draft (peer_id);
CREATE INDEX chat_draft_by_expiry ON chat_draft (expires_at);
