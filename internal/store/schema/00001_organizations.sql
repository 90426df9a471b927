-- +goose Up
CREATE TABLE organizations (
    id                    TEXT PRIMARY KEY,
    management_account_id TEXT NOT NULL UNIQUE,
    root_id               TEXT NOT NULL,
    feature_set           TEXT NOT NULL CHECK (feature_set IN ('ALL', 'CONSOLIDATED_BILLING')),
    created_at            BIGINT NOT NULL
);

-- One row for each account that the installation knows, for ever: ids are never
-- used again. The membership stands in the same row, so that an account cannot
-- be in two organizations and lists need no join.
CREATE TABLE accounts (
    id                    TEXT PRIMARY KEY,
    name                  TEXT NOT NULL,
    email                 TEXT NOT NULL,
    -- The form in which addresses compare; NULL once the address is free again.
    email_key             TEXT UNIQUE,
    state                 TEXT NOT NULL,
    email_verified        BOOLEAN NOT NULL,
    service_linked_role   BOOLEAN NOT NULL,
    paired                BOOLEAN NOT NULL,
    access_role           TEXT NOT NULL,
    billing_access        TEXT NOT NULL,
    agreement             BOOLEAN NOT NULL,
    phone                 BOOLEAN NOT NULL,
    payment               BOOLEAN NOT NULL,
    contact               BOOLEAN NOT NULL,
    support               BOOLEAN NOT NULL,
    registered_at         BIGINT NOT NULL,
    membership_changed_at BIGINT,
    closure_requested_at  BIGINT,
    closed_at             BIGINT,
    organization_id       TEXT REFERENCES organizations (id),
    parent_id             TEXT,
    parent_path           TEXT,
    joined_method         TEXT,
    joined_at             BIGINT,
    moved_at              BIGINT,
    CHECK ((organization_id IS NULL) = (joined_at IS NULL)),
    CHECK ((organization_id IS NULL) = (parent_id IS NULL))
);
CREATE INDEX accounts_of_organization ON accounts (organization_id, joined_at, id);
CREATE INDEX accounts_of_parent ON accounts (organization_id, parent_id, joined_at, id);

CREATE TABLE units (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id              TEXT NOT NULL,
    parent_id       TEXT NOT NULL,
    name            TEXT NOT NULL,
    path            TEXT NOT NULL,
    depth           INTEGER NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, parent_id, name)
);
CREATE INDEX units_of_parent ON units (organization_id, parent_id, created_at, id);

-- Tags of everything that can carry them. The tags of an invitation or of a
-- request to create an account wait here under its id until there is an account.
CREATE TABLE tags (
    organization_id TEXT NOT NULL,
    resource_id     TEXT NOT NULL,
    key             TEXT NOT NULL,
    value           TEXT NOT NULL,
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, resource_id, key)
);

-- Numbers that quotas need, kept beside what they count: constant time, and a
-- precise conflict instead of one over a range.
CREATE TABLE counters (
    organization_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    value           BIGINT NOT NULL CHECK (value >= 0),
    PRIMARY KEY (organization_id, name)
);

-- Quotas that differ from the installation's for one organization.
CREATE TABLE organization_quotas (
    organization_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    value           BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);
