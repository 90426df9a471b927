-- +goose Up
-- The policies that people wrote. Those of AWS are in every organization with all
-- features and in no table.
CREATE TABLE policies (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id              TEXT NOT NULL,
    type            TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT NOT NULL,
    content         TEXT NOT NULL,
    -- The same for equal contents, so that whoever has read one need not read it
    -- again.
    digest          TEXT NOT NULL,
    -- The place in the order of creation.
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, type, name)
);
CREATE INDEX policies_of_type ON policies (organization_id, type, position);

-- The policy types that are enabled. What belongs to a type names the enabling and
-- not the type: disabling ends all of it at once, however much there is, and the
-- rows are removed later, a few at a time.
CREATE TABLE enabled_policy_types (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    type            TEXT NOT NULL,
    enabling        BIGINT NOT NULL,
    since           BIGINT NOT NULL,
    PRIMARY KEY (organization_id, type)
);

-- What is attached where. The default policy of a type is on every target without
-- a row; only where it was taken off there is one that says so.
CREATE TABLE attachments (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enabling        BIGINT NOT NULL,
    target_id       TEXT NOT NULL,
    policy_id       TEXT NOT NULL,
    withdrawn       BOOLEAN NOT NULL,
    -- The place in the order of attachment.
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, target_id, enabling, policy_id)
);
CREATE INDEX attachments_of_target ON attachments (organization_id, enabling, target_id, position);
CREATE INDEX attachments_of_policy ON attachments (organization_id, enabling, policy_id, position);

-- What the management policies merge to, for targets that have some of their own;
-- accounts have the one that is deepest on their path.
CREATE TABLE effective_policies (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enabling        BIGINT NOT NULL,
    target_id       TEXT NOT NULL,
    path            TEXT NOT NULL,
    depth           INTEGER NOT NULL,
    applies         BOOLEAN NOT NULL,
    document        TEXT NOT NULL,
    valid           BOOLEAN NOT NULL,
    errors          TEXT NOT NULL,
    computed_at     BIGINT NOT NULL,
    PRIMARY KEY (organization_id, target_id, enabling)
);
CREATE INDEX effective_policies_below ON effective_policies (organization_id, enabling, path);

-- The accounts whose effective policy is invalid.
CREATE TABLE invalid_accounts (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enabling        BIGINT NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    joined_at       BIGINT NOT NULL,
    PRIMARY KEY (organization_id, account_id, enabling)
);
CREATE INDEX invalid_accounts_by_joining ON invalid_accounts (organization_id, enabling, joined_at, account_id);

-- Everything at and below a unit, and everything in the order of its making.
CREATE INDEX accounts_by_path ON accounts (organization_id, parent_path, id);
CREATE INDEX units_by_creation ON units (organization_id, created_at, id);
