-- +goose Up
-- The roles that AWS makes become rows: the role by which a management account enters an
-- account that it created, and AWSServiceRoleForOrganizations. accounts.service_linked_role
-- stays, as the short answer to whether there is the latter. Of an account that has left the
-- organization that created it nobody knows whom the former trusted: it gets none. The IDs
-- are made of those of the accounts.
CREATE VIEW made_roles AS
SELECT a.id AS account_id, a.sequence, 'AROAACCES' || REPLACE(REPLACE(REPLACE(REPLACE(a.id, '0', 'A'), '1', 'B'), '8', 'I'), '9', 'J') AS id,
    a.access_role AS name, '/' AS path, a.registered_at AS created_at, '' AS description,
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:' || o.partition || ':iam::' || o.management_account_id
        || ':root"},"Action":"sts:AssumeRole"}]}' AS trust_policy, 'ANPA7FSB3TBLYXKMD5DSD' AS policy_id, 'administratoraccess' AS policy_key
FROM accounts a JOIN organizations o ON o.id = a.organization_id
WHERE a.access_role <> '' AND a.joined_method = 'CREATED' AND a.state <> 'GONE'
    AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.account_id = a.id AND i.kind = 'role' AND i.name_key = LOWER(a.access_role))
UNION ALL
SELECT a.id, a.sequence, 'AROASLROL' || REPLACE(REPLACE(REPLACE(REPLACE(a.id, '0', 'A'), '1', 'B'), '8', 'I'), '9', 'J'),
    'AWSServiceRoleForOrganizations', '/aws-service-role/organizations.amazonaws.com/', a.registered_at,
    'Service-linked role used by AWS Organizations to enable integration of other AWS services with Organizations.',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"organizations.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    'ANPA2QITQRNMT5Q4D5URB', 'awsorganizationsservicetrustpolicy'
FROM accounts a
WHERE a.service_linked_role = TRUE AND a.state <> 'GONE'
    AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.account_id = a.id AND i.kind = 'role' AND i.name_key = 'awsservicerolefororganizations');

INSERT INTO identity_attachments (account_id, owner_id, policy_id, name_key)
SELECT account_id, id, policy_id, policy_key FROM made_roles;

INSERT INTO managed_policy_uses (account_id, policy_id, attachments, boundaries)
SELECT account_id, policy_id, 1, 0 FROM made_roles WHERE TRUE
ON CONFLICT (account_id, policy_id) DO UPDATE SET attachments = managed_policy_uses.attachments + 1;

INSERT INTO identity_counts (account_id, kind, number)
SELECT account_id, 'role', COUNT(*) FROM made_roles GROUP BY account_id
ON CONFLICT (account_id, kind) DO UPDATE SET number = identity_counts.number + excluded.number;

INSERT INTO identity_versions (account_id, version)
SELECT account_id, 1 + 4294967296 * MAX(sequence) FROM made_roles GROUP BY account_id
ON CONFLICT (account_id) DO UPDATE SET version = identity_versions.version + 1;

INSERT INTO identities (account_id, kind, name_key, id, name, path, created_at, boundary_id, description, trust_policy, session_seconds, last_used_region)
SELECT account_id, 'role', LOWER(name), id, name, path, created_at, '', description, trust_policy, 3600, '' FROM made_roles;

DROP VIEW made_roles;
