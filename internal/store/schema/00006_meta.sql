-- +goose Up
-- Facts about the installation itself, one row each.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
