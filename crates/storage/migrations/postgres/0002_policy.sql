-- What people accepted and were told of, and which versions of the policy this server ran. Ids, times and version numbers.

CREATE TABLE consent_proof (
    account_id     BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_version BIGINT NOT NULL,
    accepted_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, policy_version)
);

-- channel: app, text, or undelivered.
CREATE TABLE policy_notice (
    account_id     BYTEA NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_version BIGINT NOT NULL,
    told_at        BIGINT NOT NULL,
    channel        TEXT NOT NULL,
    PRIMARY KEY (account_id, policy_version)
);

CREATE TABLE policy_edition (
    policy_version BIGINT NOT NULL PRIMARY KEY,
    begun_at       BIGINT NOT NULL,
    effective_at   BIGINT NOT NULL
);
