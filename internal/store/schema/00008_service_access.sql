-- +goose Up
-- Services that an organization trusts, with the instant since which it does.
CREATE TABLE service_access (
    organization_id   TEXT NOT NULL REFERENCES organizations (id),
    service_principal TEXT NOT NULL,
    enabled_at        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, service_principal)
);
CREATE INDEX service_access_by_time ON service_access (organization_id, enabled_at, service_principal);
