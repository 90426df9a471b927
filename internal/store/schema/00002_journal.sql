-- +goose Up
-- The number of a message among those of its kind that were leased for delivery, which has
-- no gaps; NULL until then.
ALTER TABLE outbox ADD COLUMN number BIGINT;

-- The kinds of messages that are delivered, with the highest number of each. Only servers
-- that deliver read and write it, so that no call conflicts with another one here.
CREATE TABLE deliveries (
    kind TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- How far each chain of journal files is on the disk.
CREATE TABLE journals (
    id      TEXT PRIMARY KEY,
    entries BIGINT NOT NULL,
    hash    TEXT NOT NULL
);
