-- How devices that are away can be woken. One subscription for a device.

CREATE TABLE push_subscription (
    device_id  BLOB NOT NULL PRIMARY KEY REFERENCES device ON DELETE CASCADE,
    account_id BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    sealed     BLOB NOT NULL
);
CREATE INDEX push_subscription_by_account ON push_subscription (account_id);
