-- +goose Up
-- Effects on the outside world, written with the change that causes them and
-- delivered afterwards. Ids sort in the order of writing.
CREATE TABLE outbox (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    account_id      TEXT NOT NULL,
    at              BIGINT NOT NULL,
    body            TEXT NOT NULL,
    leased_until    BIGINT NOT NULL,
    delivered       BOOLEAN NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (kind, id) WHERE delivered = FALSE;
CREATE INDEX outbox_by_time ON outbox (at);
