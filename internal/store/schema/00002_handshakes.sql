-- +goose Up
-- Handshakes name their organization without a reference: they outlive it by
-- their retention.
CREATE TABLE handshakes (
    id                    TEXT PRIMARY KEY,
    kind                  TEXT NOT NULL,
    organization_id       TEXT NOT NULL,
    management_account_id TEXT NOT NULL,
    parent_handshake_id   TEXT NOT NULL,
    recipient_type        TEXT NOT NULL,
    recipient_id          TEXT NOT NULL,
    -- Who finds the handshake among those it received: the recipient's key, and
    -- once answered the account that answered.
    holder                TEXT NOT NULL,
    answered_by           TEXT NOT NULL,
    waived                BOOLEAN NOT NULL,
    state                 TEXT NOT NULL,
    requested_at          BIGINT NOT NULL,
    expires_at            BIGINT NOT NULL,
    ended_at              BIGINT,
    retention             BIGINT NOT NULL,
    purge_at              BIGINT NOT NULL,
    management_email      TEXT NOT NULL,
    management_name       TEXT NOT NULL,
    feature_set           TEXT NOT NULL,
    notes                 TEXT NOT NULL,
    -- What an invitation to transfer a responsibility proposes.
    transfer_id           TEXT NOT NULL,
    transfer_type         TEXT NOT NULL,
    transfer_starts_at    BIGINT
);
CREATE INDEX handshakes_sent ON handshakes (organization_id, requested_at, id);
CREATE INDEX handshakes_received ON handshakes (holder, requested_at, id);
CREATE INDEX handshakes_below ON handshakes (parent_handshake_id, requested_at, id) WHERE parent_handshake_id <> '';
-- At most one unanswered request of a kind to the same recipient, as written.
CREATE UNIQUE INDEX handshakes_unanswered ON handshakes (organization_id, kind, recipient_type, holder)
    WHERE state IN ('REQUESTED', 'OPEN');
