-- +goose Up
-- A column "sequence" orders rows of the same instant in the order of insertion. Its
-- numbers are those of nextval('insertions'), which PostgreSQL has as a sequence.
CREATE TABLE organizations (
    id                    TEXT PRIMARY KEY,
    management_account_id TEXT NOT NULL UNIQUE,
    root_id               TEXT NOT NULL,
    feature_set           TEXT NOT NULL CHECK (feature_set IN ('ALL', 'CONSOLIDATED_BILLING')),
    created_at            BIGINT NOT NULL,
    partition             TEXT NOT NULL CHECK (partition <> '')
);

-- One row for each account. Rows are never deleted, because ids
-- are never used again. The membership is in the same row, so that an account cannot
-- be in two organizations and lists need no join.
CREATE TABLE accounts (
    id                    TEXT PRIMARY KEY,
    name                  TEXT NOT NULL,
    email                 TEXT NOT NULL,
    -- The form in which addresses compare; NULL once the address is free again.
    email_key             TEXT UNIQUE,
    state                 TEXT NOT NULL,
    email_verified        BOOLEAN NOT NULL,
    verification_sent_at  BIGINT,
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
    sequence              BIGINT NOT NULL,
    membership_changed_at BIGINT,
    closure_requested_at  BIGINT,
    closed_at             BIGINT,
    organization_id       TEXT REFERENCES organizations (id),
    parent_id             TEXT,
    parent_path           TEXT,
    joined_method         TEXT,
    joined_at             BIGINT,
    joined_sequence       BIGINT,
    moved_at              BIGINT,
    CHECK ((organization_id IS NULL) = (joined_at IS NULL)),
    CHECK ((organization_id IS NULL) = (joined_sequence IS NULL)),
    CHECK ((organization_id IS NULL) = (parent_id IS NULL))
);
CREATE INDEX accounts_of_organization ON accounts (organization_id, joined_at, joined_sequence);
CREATE INDEX accounts_of_parent ON accounts (organization_id, parent_id, joined_at, joined_sequence);
CREATE INDEX accounts_by_sequence ON accounts (sequence);
CREATE INDEX accounts_by_path ON accounts (organization_id, parent_path, id);

CREATE TABLE units (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id              TEXT NOT NULL,
    parent_id       TEXT NOT NULL,
    name            TEXT NOT NULL,
    path            TEXT NOT NULL,
    depth           INTEGER NOT NULL,
    created_at      BIGINT NOT NULL,
    sequence        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, parent_id, name)
);
CREATE INDEX units_of_parent ON units (organization_id, parent_id, created_at, sequence);
CREATE INDEX units_by_creation ON units (organization_id, created_at, sequence);

-- Tags of every resource that can have them. The tags of an invitation or of a
-- request to create an account are kept under its id until the account exists.
CREATE TABLE tags (
    organization_id TEXT NOT NULL,
    resource_id     TEXT NOT NULL,
    key             TEXT NOT NULL,
    value           TEXT NOT NULL,
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, resource_id, key)
);

-- Numbers that quotas need. A counter takes constant time and conflicts on one row
-- instead of a range.
CREATE TABLE counters (
    organization_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    value           BIGINT NOT NULL CHECK (value >= 0),
    PRIMARY KEY (organization_id, name)
);

-- Quotas of one organization that differ from those of the server.
CREATE TABLE organization_quotas (
    organization_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    value           BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

-- Handshakes name their organization without a foreign key: they are kept until
-- their retention ends, also when the organization is deleted.
CREATE TABLE handshakes (
    id                    TEXT PRIMARY KEY,
    kind                  TEXT NOT NULL,
    organization_id       TEXT NOT NULL,
    management_account_id TEXT NOT NULL,
    partition             TEXT NOT NULL CHECK (partition <> ''),
    parent_handshake_id   TEXT NOT NULL,
    recipient_type        TEXT NOT NULL,
    recipient_id          TEXT NOT NULL,
    -- The key under which a recipient lists the handshake: the recipient's own, and
    -- after an answer the account that answered.
    holder                TEXT NOT NULL,
    answered_by           TEXT NOT NULL,
    excused               BOOLEAN NOT NULL,
    state                 TEXT NOT NULL,
    requested_at          BIGINT NOT NULL,
    sequence              BIGINT NOT NULL,
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
CREATE INDEX handshakes_sent ON handshakes (organization_id, requested_at, sequence);
CREATE INDEX handshakes_received ON handshakes (holder, requested_at, sequence);
CREATE INDEX handshakes_below ON handshakes (parent_handshake_id, requested_at, sequence) WHERE parent_handshake_id <> '';
-- At most one unanswered request of a kind to the same recipient, as written.
CREATE UNIQUE INDEX handshakes_unanswered ON handshakes (organization_id, kind, recipient_type, holder)
    WHERE state IN ('REQUESTED', 'OPEN');

CREATE TABLE account_creations (
    organization_id     TEXT NOT NULL REFERENCES organizations (id),
    id                  TEXT NOT NULL,
    account_name        TEXT NOT NULL,
    email               TEXT NOT NULL,
    email_key           TEXT NOT NULL,
    role_name           TEXT NOT NULL,
    billing_access      TEXT NOT NULL,
    govcloud            BOOLEAN NOT NULL,
    state               TEXT NOT NULL,
    requested_at        BIGINT NOT NULL,
    sequence            BIGINT NOT NULL,
    completed_at        BIGINT,
    purge_at            BIGINT,
    account_id          TEXT NOT NULL,
    govcloud_account_id TEXT NOT NULL,
    failure_reason      TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX account_creations_by_time ON account_creations (organization_id, requested_at, sequence);
CREATE INDEX account_creations_in_progress ON account_creations (email_key, requested_at, sequence) WHERE state = 'IN_PROGRESS';

-- The delegation policy of an organization, at most one.
CREATE TABLE resource_policies (
    organization_id TEXT PRIMARY KEY REFERENCES organizations (id),
    id              TEXT NOT NULL UNIQUE,
    content         TEXT NOT NULL
);

-- Responsibility transfers name their organizations without a foreign key: the
-- remaining side still lists a transfer that has ended.
CREATE TABLE transfers (
    id                     TEXT PRIMARY KEY,
    handshake_id           TEXT NOT NULL UNIQUE,
    name                   TEXT NOT NULL,
    target_organization_id TEXT NOT NULL,
    target_account_id      TEXT NOT NULL REFERENCES accounts (id),
    target_partition       TEXT NOT NULL CHECK (target_partition <> ''),
    -- Empty until the source has accepted.
    source_organization_id TEXT NOT NULL,
    source_account_id      TEXT NOT NULL,
    source_partition       TEXT NOT NULL,
    invited_type           TEXT NOT NULL,
    invited_id             TEXT NOT NULL,
    answered_by            TEXT NOT NULL,
    -- The key under which the source lists the transfer: the invited party, then the
    -- account that declined or the organization that accepted.
    holder                 TEXT NOT NULL,
    status                 TEXT NOT NULL,
    requested_at           BIGINT NOT NULL,
    sequence               BIGINT NOT NULL,
    expires_at             BIGINT NOT NULL,
    starts_at              BIGINT NOT NULL,
    ends_at                BIGINT,
    purge_at               BIGINT,
    live                   BOOLEAN NOT NULL
);
CREATE INDEX transfers_inbound ON transfers (target_organization_id, requested_at, sequence);
CREATE INDEX transfers_outbound ON transfers (holder, requested_at, sequence);
CREATE INDEX transfers_of_source ON transfers (source_organization_id, id);
-- At most one transfer binds the same two organizations in the same direction.
CREATE UNIQUE INDEX transfers_live ON transfers (source_organization_id, target_organization_id) WHERE live = TRUE;
CREATE INDEX transfers_live_inbound ON transfers (target_organization_id, source_organization_id) WHERE live = TRUE;

-- Delegated administrators, one row for each account and service.
CREATE TABLE delegated_administrators (
    organization_id   TEXT NOT NULL REFERENCES organizations (id),
    account_id        TEXT NOT NULL REFERENCES accounts (id),
    service_principal TEXT NOT NULL,
    delegated_at      BIGINT NOT NULL,
    sequence          BIGINT NOT NULL,
    PRIMARY KEY (organization_id, account_id, service_principal)
);
CREATE INDEX delegated_administrators_of_service
    ON delegated_administrators (organization_id, service_principal, delegated_at, sequence);
CREATE INDEX delegated_administrators_by_time
    ON delegated_administrators (organization_id, delegated_at, sequence);
CREATE INDEX delegated_administrators_of_account
    ON delegated_administrators (organization_id, account_id, delegated_at, sequence);

-- Services with trusted access to an organization.
CREATE TABLE service_access (
    organization_id   TEXT NOT NULL REFERENCES organizations (id),
    service_principal TEXT NOT NULL,
    enabled_at        BIGINT NOT NULL,
    sequence          BIGINT NOT NULL,
    PRIMARY KEY (organization_id, service_principal)
);
CREATE INDEX service_access_by_time ON service_access (organization_id, enabled_at, sequence);

-- Policies of customers. Policies of AWS exist in every organization with all features
-- and have no rows.
CREATE TABLE policies (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id              TEXT NOT NULL,
    type            TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT NOT NULL,
    content         TEXT NOT NULL,
    -- Equal for equal contents: a cache of parsed policies uses it as its key.
    digest          TEXT NOT NULL,
    -- The rank in the order of creation.
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, type, name)
);
CREATE INDEX policies_of_type ON policies (organization_id, type, position);

-- The policy types that are enabled. Rows that belong to an enabled type name the
-- enablement and not the type: disabling the type invalidates all of them at once, and
-- a job deletes the rows later, in batches.
CREATE TABLE enabled_policy_types (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    type            TEXT NOT NULL,
    enablement_id   BIGINT NOT NULL,
    since           BIGINT NOT NULL,
    PRIMARY KEY (organization_id, type)
);

-- Which policy is attached to which target. The default policy of a type is attached
-- to every target without a row; a target from which it was detached has a row.
CREATE TABLE attachments (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enablement_id   BIGINT NOT NULL,
    target_id       TEXT NOT NULL,
    policy_id       TEXT NOT NULL,
    detached        BOOLEAN NOT NULL,
    -- The rank in the order of attachment.
    position        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, target_id, enablement_id, policy_id)
);
CREATE INDEX attachments_of_target ON attachments (organization_id, enablement_id, target_id, position);
CREATE INDEX attachments_of_policy ON attachments (organization_id, enablement_id, policy_id, position);

-- Effective policies of the targets that have attached policies of their own; an
-- account has the one that is deepest on its path.
CREATE TABLE effective_policies (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enablement_id   BIGINT NOT NULL,
    target_id       TEXT NOT NULL,
    path            TEXT NOT NULL,
    depth           INTEGER NOT NULL,
    applies         BOOLEAN NOT NULL,
    document        TEXT NOT NULL,
    valid           BOOLEAN NOT NULL,
    errors          TEXT NOT NULL,
    computed_at     BIGINT NOT NULL,
    PRIMARY KEY (organization_id, target_id, enablement_id)
);
CREATE INDEX effective_policies_below ON effective_policies (organization_id, enablement_id, path);

-- The accounts whose effective policy is invalid.
CREATE TABLE invalid_accounts (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    enablement_id   BIGINT NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    joined_at       BIGINT NOT NULL,
    joined_sequence BIGINT NOT NULL,
    PRIMARY KEY (organization_id, account_id, enablement_id)
);
CREATE INDEX invalid_accounts_by_joining ON invalid_accounts (organization_id, enablement_id, joined_at, joined_sequence);

-- Scheduled work. The transaction that does the work deletes the row, so that the work
-- is done exactly once.
CREATE TABLE jobs (
    organization_id TEXT NOT NULL,
    at              BIGINT NOT NULL,
    -- Parents before children among rows of the same instant.
    rank            INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    -- The ID of the request that planned it.
    cause           TEXT NOT NULL,
    sequence        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, at, rank, kind, subject)
);
CREATE INDEX jobs_by_time ON jobs (at, rank, sequence);

-- Messages to the outside world, written in the transaction of the change that causes
-- them and delivered afterwards, in the order of writing.
CREATE TABLE outbox (
    sequence        BIGINT PRIMARY KEY,
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    account_id      TEXT NOT NULL,
    at              BIGINT NOT NULL,
    body            TEXT NOT NULL,
    leased_until    BIGINT NOT NULL,
    delivered       BOOLEAN NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (kind, sequence) WHERE delivered = FALSE;
CREATE INDEX outbox_by_time ON outbox (at);

-- Facts about the store itself.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
