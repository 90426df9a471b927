-- +goose Up
-- Snapshots that have a name: the state of a store at one instant, as a file. The parts of a
-- file are base64, in the order of their numbers.
CREATE TABLE snapshots (
    name     TEXT PRIMARY KEY,
    -- The head of the file, JSON.
    header   TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    -- The length of the file in bytes.
    size     BIGINT NOT NULL,
    -- The hash of the file, in hexadecimal.
    digest   TEXT NOT NULL,
    -- Whether the store itself has made it of its rows: they need no check.
    own      BOOLEAN NOT NULL
);

CREATE TABLE snapshot_parts (
    name   TEXT NOT NULL REFERENCES snapshots (name),
    number BIGINT NOT NULL,
    data   TEXT NOT NULL,
    PRIMARY KEY (name, number)
);
