-- Of which messages people want to be reminded, and when. `told` is 1 once the moment has come and was told.

CREATE TABLE reminder (
    reminder_id BLOB NOT NULL PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    due_at      BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    told        BIGINT NOT NULL,
    sealed      BLOB NOT NULL
);
CREATE INDEX reminder_by_account ON reminder (account_id);
CREATE INDEX reminder_by_due ON reminder (told, due_at);
CREATE INDEX reminder_by_expiry ON reminder (expires_at);
