-- +goose Up
-- The delegation policy of an organization, of which there is one at most.
CREATE TABLE resource_policies (
    organization_id TEXT PRIMARY KEY REFERENCES organizations (id),
    id              TEXT NOT NULL UNIQUE,
    content         TEXT NOT NULL
);

-- Responsibility transfers name their organizations without a reference: one that
-- is over is still listed by the side that is left.
CREATE TABLE transfers (
    id                     TEXT PRIMARY KEY,
    handshake_id           TEXT NOT NULL UNIQUE,
    name                   TEXT NOT NULL,
    target_organization_id TEXT NOT NULL,
    target_account_id      TEXT NOT NULL REFERENCES accounts (id),
    -- Empty until the source has accepted.
    source_organization_id TEXT NOT NULL,
    source_account_id      TEXT NOT NULL,
    invited_type           TEXT NOT NULL,
    invited_id             TEXT NOT NULL,
    answered_by            TEXT NOT NULL,
    -- By what the source finds the transfer: whoever was invited, then the account
    -- that declined or the organization that accepted.
    holder                 TEXT NOT NULL,
    status                 TEXT NOT NULL,
    requested_at           BIGINT NOT NULL,
    expires_at             BIGINT NOT NULL,
    starts_at              BIGINT NOT NULL,
    ends_at                BIGINT,
    purge_at               BIGINT,
    live                   BOOLEAN NOT NULL
);
CREATE INDEX transfers_inbound ON transfers (target_organization_id, requested_at, id);
CREATE INDEX transfers_outbound ON transfers (holder, requested_at, id);
CREATE INDEX transfers_of_source ON transfers (source_organization_id, id);
-- At most one transfer binds the same two organizations in the same direction.
CREATE UNIQUE INDEX transfers_live ON transfers (source_organization_id, target_organization_id) WHERE live = TRUE;
CREATE INDEX transfers_live_inbound ON transfers (target_organization_id, source_organization_id) WHERE live = TRUE;
