package roles

import (
	"regexp"
	"strings"
)

// servicePrefix begins the names of service-linked roles, and of no other role. [AWS:
// InvalidInputException of Organizations; assumed for IAM]
const servicePrefix = "AWSServiceRoleFor"

// service is a service that has a role in an account.
type service struct {
	// name is what follows AWSServiceRoleFor in the name of the role.
	name string
	// policy is the managed policy of AWS that the role has, below /aws-service-role/;
	// empty for none that is known.
	policy string
	// suffixed services have several such roles in an account, told apart by a suffix.
	suffixed bool
}

// services are those whose role is known, by their principals without the domain. [AWS: the
// page of each service about its service-linked role; AWS Managed Policy Reference]
var services = map[string]service{
	"access-analyzer":                     {name: "AccessAnalyzer", policy: "AccessAnalyzerServiceRolePolicy"},
	"auditmanager":                        {name: "AuditManager", policy: "AWSAuditManagerServiceRolePolicy"},
	"autoscaling":                         {name: "AutoScaling", policy: "AutoScalingServiceRolePolicy", suffixed: true},
	"backup":                              {name: "Backup", policy: "AWSBackupServiceLinkedRolePolicyForBackup"},
	"batch":                               {name: "Batch", policy: "BatchServiceRolePolicy"},
	"cloudtrail":                          {name: "CloudTrail", policy: "CloudTrailServiceRolePolicy"},
	"compute-optimizer":                   {name: "ComputeOptimizer", policy: "ComputeOptimizerServiceRolePolicy"},
	"config":                              {name: "Config", policy: "AWSConfigServiceRolePolicy"},
	"config-multiaccountsetup":            {name: "ConfigMultiAccountSetup", policy: "AWSConfigMultiAccountSetupPolicy"},
	"controltower":                        {name: "AWSControlTower", policy: "AWSControlTowerAccountServiceRolePolicy"},
	"dax":                                 {name: "DAX", policy: "DAXServiceRolePolicy"},
	"detective":                           {name: "Detective", policy: "AmazonDetectiveServiceLinkedRolePolicy"},
	"ecs":                                 {name: "ECS", policy: "AmazonECSServiceRolePolicy"},
	"eks":                                 {name: "AmazonEKS", policy: "AmazonEKSServiceRolePolicy"},
	"eks-fargate":                         {name: "AmazonEKSForFargate", policy: "AmazonEKSForFargateServiceRolePolicy"},
	"eks-nodegroup":                       {name: "AmazonEKSNodegroup", policy: "AWSServiceRoleForAmazonEKSNodegroup"},
	"elasticache":                         {name: "ElastiCache", policy: "ElastiCacheServiceRolePolicy"},
	"elasticbeanstalk":                    {name: "ElasticBeanstalk", policy: "AWSElasticBeanstalkServiceRolePolicy"},
	"elasticfilesystem":                   {name: "AmazonElasticFileSystem", policy: "AmazonElasticFileSystemServiceRolePolicy"},
	"elasticloadbalancing":                {name: "ElasticLoadBalancing", policy: "AWSElasticLoadBalancingServiceRolePolicy"},
	"es":                                  {name: "AmazonElasticsearchService", policy: "AmazonElasticsearchServiceRolePolicy"},
	"fms":                                 {name: "FMS", policy: "FMSServiceRolePolicy"},
	"globalaccelerator":                   {name: "GlobalAccelerator", policy: "AWSGlobalAcceleratorSLRPolicy"},
	"guardduty":                           {name: "AmazonGuardDuty", policy: "AmazonGuardDutyServiceRolePolicy"},
	"health":                              {name: "Health_Organizations", policy: "Health_OrganizationsServiceRolePolicy"},
	"inspector2":                          {name: "AmazonInspector2", policy: "AmazonInspector2ServiceRolePolicy"},
	"ipam":                                {name: "IPAM", policy: "AWSIPAMServiceRolePolicy"},
	"kafka":                               {name: "Kafka", policy: "KafkaServiceRolePolicy"},
	"license-manager":                     {name: "AWSLicenseManagerRole", policy: "AWSLicenseManagerServiceRolePolicy"},
	"macie":                               {name: "AmazonMacie", policy: "AmazonMacieServiceRolePolicy"},
	"malware-protection.guardduty":        {name: "AmazonGuardDutyMalwareProtection", policy: "AmazonGuardDutyMalwareProtectionServiceRolePolicy"},
	"member.org.stacksets.cloudformation": {name: "CloudFormationStackSetsOrgMember", policy: "CloudFormationStackSetsOrgMemberServiceRolePolicy"},
	"network-firewall":                    {name: "NetworkFirewall", policy: "AWSNetworkFirewallServiceRolePolicy"},
	"opensearchservice":                   {name: "AmazonOpenSearchService", policy: "AmazonOpenSearchServiceRolePolicy"},
	"ops.apigateway":                      {name: "APIGateway", policy: "APIGatewayServiceRolePolicy"},
	"organizations":                       {name: "Organizations", policy: "AWSOrganizationsServiceTrustPolicy"},
	"ram":                                 {name: "ResourceAccessManager", policy: "AWSResourceAccessManagerServiceRolePolicy"},
	"rds":                                 {name: "RDS", policy: "AmazonRDSServiceRolePolicy"},
	"redshift":                            {name: "Redshift", policy: "AmazonRedshiftServiceLinkedRolePolicy"},
	"replicator.lambda":                   {name: "LambdaReplicator", policy: "AWSLambdaReplicator"},
	"reporting.trustedadvisor":            {name: "TrustedAdvisorReporting", policy: "AWSTrustedAdvisorReportingServiceRolePolicy"},
	"resource-explorer-2":                 {name: "ResourceExplorer", policy: "AWSResourceExplorerServiceRolePolicy"},
	"securityhub":                         {name: "SecurityHub", policy: "AWSSecurityHubServiceRolePolicy"},
	"securitylake":                        {name: "SecurityLake", policy: "SecurityLakeServiceLinkedRole"},
	"servicequotas":                       {name: "ServiceQuotas", policy: "ServiceQuotasServiceRolePolicy"},
	"spot":                                {name: "EC2Spot", policy: "AWSEC2SpotServiceRolePolicy"},
	"spotfleet":                           {name: "EC2SpotFleet", policy: "AWSEC2SpotFleetServiceRolePolicy"},
	"ssm":                                 {name: "AmazonSSM", policy: "AmazonSSMServiceRolePolicy"},
	"sso":                                 {name: "SSO", policy: "AWSSSOServiceRolePolicy"},
	"stacksets.cloudformation":            {name: "CloudFormationStackSetsOrgAdmin", policy: "CloudFormationStackSetsOrgAdminServiceRolePolicy"},
	"storage-lens.s3":                     {name: "S3StorageLens", policy: "S3StorageLensServiceRolePolicy"},
	"support":                             {name: "Support", policy: "AWSSupportServiceRolePolicy"},
	"transitgateway":                      {name: "VPCTransitGateway", policy: "AWSVPCTransitGatewayServiceRolePolicy"},
	"trustedadvisor":                      {name: "TrustedAdvisor", policy: "AWSTrustedAdvisorServiceRolePolicy"},
}

// principals are those of services, whose labels the group holds.
var principals = regexp.MustCompile(`^([a-z0-9]+(?:[.-][a-z0-9]+)*)\.amazonaws\.com(?:\.cn)?$`)

// serviceOf is the service with a principal, false for what is no principal of a service.
// One that the table lacks is taken, with a name after the principal and without a policy:
// Service, or Service_Part for part.service. [assumed]
func serviceOf(principal string) (service, bool) {
	found := principals.FindStringSubmatch(principal)
	if found == nil {
		return service{}, false
	}
	if s, known := services[found[1]]; known {
		return s, true
	}
	parts := strings.Split(found[1], ".")
	name := camel(parts[len(parts)-1])
	if len(parts) > 1 {
		name += "_" + camel(parts[0])
	}
	return service{name: name, suffixed: true}, true
}

// camel joins words that hyphens divide, each with a capital.
func camel(label string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(label, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}
