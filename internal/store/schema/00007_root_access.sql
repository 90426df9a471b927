-- +goose Up
-- What IAM may do for an organization: central management of the root users of its members.
CREATE TABLE root_access_features (
    organization_id TEXT NOT NULL,
    feature         TEXT NOT NULL CHECK (feature IN ('RootCredentialsManagement', 'RootSessions')),
    PRIMARY KEY (organization_id, feature)
);

-- The passwords for the console of users, and of root users, which have no ID. A user has
-- none without a row. A root user has the one of its registration without a row, and none
-- where there is no date.
CREATE TABLE login_profiles (
    account_id     TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    created_at     BIGINT,
    reset_required BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, user_id)
);
