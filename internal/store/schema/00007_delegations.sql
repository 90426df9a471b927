-- +goose Up
-- Members that run a part of the organization, one row for each service.
CREATE TABLE delegated_administrators (
    organization_id   TEXT NOT NULL REFERENCES organizations (id),
    account_id        TEXT NOT NULL REFERENCES accounts (id),
    service_principal TEXT NOT NULL,
    delegated_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, account_id, service_principal)
);
CREATE INDEX delegated_administrators_of_service
    ON delegated_administrators (organization_id, service_principal, delegated_at, account_id);
CREATE INDEX delegated_administrators_by_time
    ON delegated_administrators (organization_id, delegated_at, account_id);
CREATE INDEX delegated_administrators_of_account
    ON delegated_administrators (organization_id, account_id, delegated_at, service_principal);
