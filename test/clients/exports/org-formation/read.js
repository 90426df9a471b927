// Reads organization.yml as org-formation does, and prints what it understood.
const { TemplateRoot } = require('aws-organization-formation/dist/src/parser/parser.js');

async function main() {
  const { organizationSection: o } = await TemplateRoot.create(process.argv[2]);
  const names = (list, name) => (list || []).map(({ TemplateResource: r }) => r[name]);
  console.log(JSON.stringify({
    master: o.masterAccount.accountId,
    root: names(o.organizationRoot.serviceControlPolicies, 'policyName'),
    units: o.organizationalUnits.map((u) => ({
      name: u.organizationalUnitName,
      accounts: names(u.accounts, 'accountId'),
      units: names(u.organizationalUnits, 'organizationalUnitName'),
      policies: names(u.serviceControlPolicies, 'policyName'),
    })),
    accounts: o.accounts.map((a) => ({
      id: a.accountId, name: a.accountName, email: a.rootEmail, tags: a.tags,
      policies: names(a.serviceControlPolicies, 'policyName'),
    })),
    policies: o.serviceControlPolicies.map((p) => ({ name: p.policyName, document: p.policyDocument })),
  }));
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
