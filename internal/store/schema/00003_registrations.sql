-- +goose Up
-- Accounts that a call has registered by its access key.
CREATE TABLE registrations (
    account_id    TEXT PRIMARY KEY,
    registered_at BIGINT NOT NULL
);
CREATE INDEX registrations_by_time ON registrations (registered_at);

-- Those of them with which nothing was done: as they were registered, never in an
-- organization, and party to no handshake.
CREATE VIEW unused_registrations AS
SELECT r.account_id, r.registered_at FROM registrations r CROSS JOIN accounts a
WHERE a.id = r.account_id AND a.membership_changed_at IS NULL AND a.state = 'ACTIVE' AND a.name = 'account-' || a.id
    AND a.email LIKE a.name || '%@example.com' AND a.email_verified = TRUE AND a.verification_sent_at IS NULL
    AND a.service_linked_role = FALSE AND a.paired = FALSE
    AND a.agreement = TRUE AND a.phone = TRUE AND a.payment = TRUE AND a.contact = TRUE AND a.support = TRUE
    AND NOT EXISTS (SELECT 1 FROM handshakes h WHERE h.holder = a.id OR h.holder = a.email_key);
