-- +goose Up
-- What is to be done at an instant. The row goes in the transaction that does
-- the work, so that it is done exactly once.
CREATE TABLE due (
    organization_id TEXT NOT NULL,
    at              BIGINT NOT NULL,
    -- Parents before children among rows of the same instant.
    rank            INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    PRIMARY KEY (organization_id, at, rank, kind, subject)
);
CREATE INDEX due_by_time ON due (at, rank, subject, kind);
