-- +goose Up
-- Another number after each change that can change what policies allow in an organization: a
-- server knows by it whether the policies that it has compiled are those of the store. NULL
-- before the first one.
ALTER TABLE organizations ADD COLUMN policy_version BIGINT;
