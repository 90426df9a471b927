package throttle

// Scope says whose calls share a bucket.
type Scope string

// The scopes.
const (
	Account      Scope = "account"
	Organization Scope = "organization"
)

// Bucket is a token bucket.
type Bucket struct {
	// Rate is how many tokens come back in a second.
	Rate float64
	// Size is how many calls a full bucket lets through at once; 0 means no bucket.
	Size int
}

// Limits are the buckets of an operation. That of the account is for each calling account,
// that of the organization for all accounts of one.
type Limits struct{ Account, Organization Bucket }

func (l Limits) in(s Scope) Bucket {
	if s == Organization {
		return l.Organization
	}
	return l.Account
}

// table is THE table of published limits. Operations that are not in it are not limited.
// [AWS: quotas and service limits, throttling limits. LeaveOrganization has its limit of
// an organization in the API reference, and EnableAllFeatures is called
// EnableFullControl there]
var table = map[string]Limits{
	"AcceptHandshake":                     {Account: Bucket{1, 2}, Organization: Bucket{5, 5}},
	"AttachPolicy":                        {Account: Bucket{2, 3}},
	"CancelHandshake":                     {Account: Bucket{2, 3}},
	"CloseAccount":                        {Account: Bucket{0.05, 1}},
	"CreateAccount":                       {Account: Bucket{0.1, 3}},
	"CreateGovCloudAccount":               {Account: Bucket{0.1, 3}},
	"CreateOrganization":                  {Account: Bucket{1, 1}},
	"CreateOrganizationalUnit":            {Account: Bucket{1, 2}},
	"CreatePolicy":                        {Account: Bucket{2, 3}},
	"DeclineHandshake":                    {Account: Bucket{1, 1}, Organization: Bucket{5, 5}},
	"DeleteOrganization":                  {Account: Bucket{1, 1}},
	"DeleteOrganizationalUnit":            {Account: Bucket{2, 3}},
	"DeletePolicy":                        {Account: Bucket{2, 3}},
	"DeregisterDelegatedAdministrator":    {Account: Bucket{1, 2}},
	"DescribeAccount":                     {Account: Bucket{20, 30}, Organization: Bucket{24, 36}},
	"DescribeCreateAccountStatus":         {Account: Bucket{2, 2}, Organization: Bucket{2, 3}},
	"DescribeHandshake":                   {Account: Bucket{1, 2}, Organization: Bucket{6, 10}},
	"DescribeOrganization":                {Account: Bucket{1, 2}},
	"DescribeOrganizationalUnit":          {Account: Bucket{2, 2}, Organization: Bucket{2, 3}},
	"DescribePolicy":                      {Account: Bucket{2, 2}, Organization: Bucket{2, 3}},
	"DetachPolicy":                        {Account: Bucket{2, 3}},
	"DisableAWSServiceAccess":             {Account: Bucket{1, 2}},
	"DisablePolicyType":                   {Account: Bucket{1, 1}},
	"EnableAWSServiceAccess":              {Account: Bucket{1, 2}},
	"EnableAllFeatures":                   {Account: Bucket{1, 1}},
	"EnablePolicyType":                    {Account: Bucket{1, 1}},
	"InviteAccountToOrganization":         {Account: Bucket{3, 5}},
	"LeaveOrganization":                   {Account: Bucket{1, 1}, Organization: Bucket{5, 5}},
	"ListAWSServiceAccessForOrganization": {Account: Bucket{1, 3}, Organization: Bucket{1, 4}},
	"ListAccounts":                        {Account: Bucket{8, 12}, Organization: Bucket{9, 15}},
	"ListAccountsForParent":               {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListChildren":                        {Account: Bucket{6, 10}, Organization: Bucket{7, 12}},
	"ListCreateAccountStatus":             {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListDelegatedAdministrators":         {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListDelegatedServicesForAccount":     {Account: Bucket{1, 3}, Organization: Bucket{1, 4}},
	"ListHandshakesForAccount":            {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListHandshakesForOrganization":       {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListOrganizationalUnitsForParent":    {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListParents":                         {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListPolicies":                        {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListPoliciesForTarget":               {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"ListRoots":                           {Account: Bucket{1, 2}, Organization: Bucket{1, 3}},
	"ListTagsForResource":                 {Account: Bucket{10, 15}, Organization: Bucket{12, 18}},
	"ListTargetsForPolicy":                {Account: Bucket{5, 8}, Organization: Bucket{6, 10}},
	"MoveAccount":                         {Account: Bucket{2, 3}},
	"RegisterDelegatedAdministrator":      {Account: Bucket{1, 2}},
	"RemoveAccountFromOrganization":       {Account: Bucket{2, 2}},
	"TagResource":                         {Account: Bucket{4, 6}},
	"UntagResource":                       {Account: Bucket{4, 6}},
	"UpdateOrganizationalUnit":            {Account: Bucket{2, 3}},
	"UpdatePolicy":                        {Account: Bucket{2, 3}},
}
