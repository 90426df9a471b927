-- +goose Up
-- The users, groups, roles and instance profiles of accounts. Their names are unique
-- without regard to case: name_key is the name in lower case. What belongs to one of them
-- names its ID, which stays when it is renamed.
CREATE TABLE identities (
    account_id       TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('user', 'group', 'role', 'instance-profile')),
    name_key         TEXT NOT NULL,
    id               TEXT NOT NULL UNIQUE,
    name             TEXT NOT NULL,
    path             TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    -- The ID of the managed policy that is its permissions boundary; empty for none.
    boundary_id      TEXT NOT NULL,
    -- What roles alone have.
    description      TEXT NOT NULL,
    trust_policy     TEXT NOT NULL,
    session_seconds  BIGINT NOT NULL,
    last_used_at     BIGINT,
    last_used_region TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, name_key)
);
CREATE INDEX identities_with_boundary ON identities (account_id, boundary_id, kind, name_key) WHERE boundary_id <> '';

-- The version of all that IAM keeps of an account. Each change of it takes a new number, so
-- that a server knows whether what it has read of the account is still so.
CREATE TABLE identity_versions (
    account_id TEXT PRIMARY KEY,
    version    BIGINT NOT NULL
);

-- How many users, groups, roles, instance profiles and managed policies an account has.
CREATE TABLE identity_counts (
    account_id TEXT NOT NULL,
    kind       TEXT NOT NULL,
    number     BIGINT NOT NULL CHECK (number >= 0),
    PRIMARY KEY (account_id, kind)
);

-- Users in groups, and roles in instance profiles.
CREATE TABLE identity_members (
    group_id  TEXT NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX identity_members_by_member ON identity_members (member_id, group_id);

CREATE TABLE inline_policies (
    owner_id TEXT NOT NULL,
    name_key TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner_id, name_key)
);

-- Managed policies of customers. Those of AWS exist in every account and have no rows.
CREATE TABLE managed_policies (
    account_id      TEXT NOT NULL,
    name_key        TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    path            TEXT NOT NULL,
    description     TEXT NOT NULL,
    default_version BIGINT NOT NULL,
    -- The number of the newest version that there was: numbers are never used again.
    last_version    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (account_id, name_key)
);

CREATE TABLE managed_policy_versions (
    policy_id  TEXT NOT NULL,
    number     BIGINT NOT NULL,
    document   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (policy_id, number)
);

-- Managed policies, also those of AWS, that are attached to users, groups and roles.
CREATE TABLE identity_attachments (
    account_id TEXT NOT NULL,
    owner_id   TEXT NOT NULL,
    policy_id  TEXT NOT NULL,
    -- The name of the policy in lower case.
    name_key   TEXT NOT NULL,
    PRIMARY KEY (owner_id, policy_id)
);
CREATE INDEX identity_attachments_by_name ON identity_attachments (owner_id, name_key);
CREATE INDEX identity_attachments_of_policy ON identity_attachments (account_id, policy_id, owner_id);

-- How often an account has a managed policy attached, and as a permissions boundary.
CREATE TABLE managed_policy_uses (
    account_id  TEXT NOT NULL,
    policy_id   TEXT NOT NULL,
    attachments BIGINT NOT NULL CHECK (attachments >= 0),
    boundaries  BIGINT NOT NULL CHECK (boundaries >= 0),
    PRIMARY KEY (account_id, policy_id)
);

-- Tags of identities and of managed policies. Keys are unique without regard to case.
CREATE TABLE identity_tags (
    owner_id TEXT NOT NULL,
    key_key  TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (owner_id, key_key)
);
CREATE INDEX identity_tags_by_position ON identity_tags (owner_id, position);

-- Access keys of users, and of root users, which have no ID. The secret is encrypted.
CREATE TABLE access_keys (
    id                TEXT PRIMARY KEY,
    account_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    sealed            TEXT NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('Active', 'Inactive')),
    created_at        BIGINT NOT NULL,
    sequence          BIGINT NOT NULL,
    last_used_at      BIGINT,
    last_used_service TEXT NOT NULL,
    last_used_region  TEXT NOT NULL
);
CREATE INDEX access_keys_of_user ON access_keys (account_id, user_id, created_at, sequence);

-- An alias belongs to one account of all.
CREATE TABLE account_aliases (
    alias      TEXT PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE
);

-- Deletions of service-linked roles, which succeed or fail after they were requested.
CREATE TABLE role_deletions (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL,
    role_name    TEXT NOT NULL,
    status       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    requested_at BIGINT NOT NULL
);
CREATE INDEX role_deletions_of_account ON role_deletions (account_id, requested_at);

-- An account with identities, access keys or an alias is not unused.
DROP VIEW unused_registrations;
CREATE VIEW unused_registrations AS
SELECT r.account_id, r.registered_at FROM registrations r CROSS JOIN accounts a
WHERE a.id = r.account_id AND a.membership_changed_at IS NULL AND a.state = 'ACTIVE' AND a.name = 'account-' || a.id
    AND a.email LIKE a.name || '%@example.com' AND a.email_verified = TRUE AND a.verification_sent_at IS NULL
    AND a.service_linked_role = FALSE AND a.paired = FALSE
    AND a.agreement = TRUE AND a.phone = TRUE AND a.payment = TRUE AND a.contact = TRUE AND a.support = TRUE
    AND NOT EXISTS (SELECT 1 FROM handshakes h WHERE h.holder = a.id OR h.holder = a.email_key)
    AND NOT EXISTS (SELECT 1 FROM identity_versions i WHERE i.account_id = a.id);
