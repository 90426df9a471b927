-- +goose Up
CREATE TABLE account_creations (
    organization_id      TEXT NOT NULL REFERENCES organizations (id),
    id                   TEXT NOT NULL,
    account_name         TEXT NOT NULL,
    email                TEXT NOT NULL,
    email_key            TEXT NOT NULL,
    role_name            TEXT NOT NULL,
    billing_access       TEXT NOT NULL,
    govcloud             BOOLEAN NOT NULL,
    state                TEXT NOT NULL,
    requested_at         BIGINT NOT NULL,
    completed_at         BIGINT,
    purge_at             BIGINT,
    account_id           TEXT NOT NULL,
    govcloud_account_id  TEXT NOT NULL,
    failure_reason       TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX account_creations_by_time ON account_creations (organization_id, requested_at, id);
CREATE INDEX account_creations_in_progress ON account_creations (email_key, requested_at, id) WHERE state = 'IN_PROGRESS';
