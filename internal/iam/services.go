package iam

import (
	"regexp"
	"strings"
)

// ServiceLinkedPrefix begins the names of service-linked roles, and of no other role. [AWS:
// InvalidInputException of Organizations; assumed for IAM]
const ServiceLinkedPrefix = "AWSServiceRoleFor"

// Service is a service that has a role in an account.
type Service struct {
	// Name is what follows AWSServiceRoleFor in the name of the role.
	Name string
	// Policy is the managed policy of AWS that the role has, below /aws-service-role/;
	// empty for none that is known.
	Policy string
	// Suffixed services have several such roles in an account, told apart by a suffix.
	Suffixed bool
}

// RoleName is the name of the role of the service, with a suffix unless that is empty.
func (s *Service) RoleName(suffix string) string {
	name := ServiceLinkedPrefix + s.Name
	if suffix != "" {
		name += "_" + suffix
	}
	return name
}

// services are those whose role is known, by their principals without the domain. [AWS: the
// page of each service about its service-linked role; AWS Managed Policy Reference]
var services = map[string]Service{
	"access-analyzer":                     {Name: "AccessAnalyzer", Policy: "AccessAnalyzerServiceRolePolicy"},
	"auditmanager":                        {Name: "AuditManager", Policy: "AWSAuditManagerServiceRolePolicy"},
	"autoscaling":                         {Name: "AutoScaling", Policy: "AutoScalingServiceRolePolicy", Suffixed: true},
	"backup":                              {Name: "Backup", Policy: "AWSBackupServiceLinkedRolePolicyForBackup"},
	"batch":                               {Name: "Batch", Policy: "BatchServiceRolePolicy"},
	"cloudtrail":                          {Name: "CloudTrail", Policy: "CloudTrailServiceRolePolicy"},
	"compute-optimizer":                   {Name: "ComputeOptimizer", Policy: "ComputeOptimizerServiceRolePolicy"},
	"config":                              {Name: "Config", Policy: "AWSConfigServiceRolePolicy"},
	"config-multiaccountsetup":            {Name: "ConfigMultiAccountSetup", Policy: "AWSConfigMultiAccountSetupPolicy"},
	"controltower":                        {Name: "AWSControlTower", Policy: "AWSControlTowerAccountServiceRolePolicy"},
	"dax":                                 {Name: "DAX", Policy: "DAXServiceRolePolicy"},
	"detective":                           {Name: "Detective", Policy: "AmazonDetectiveServiceLinkedRolePolicy"},
	"ecs":                                 {Name: "ECS", Policy: "AmazonECSServiceRolePolicy"},
	"eks":                                 {Name: "AmazonEKS", Policy: "AmazonEKSServiceRolePolicy"},
	"eks-fargate":                         {Name: "AmazonEKSForFargate", Policy: "AmazonEKSForFargateServiceRolePolicy"},
	"eks-nodegroup":                       {Name: "AmazonEKSNodegroup", Policy: "AWSServiceRoleForAmazonEKSNodegroup"},
	"elasticache":                         {Name: "ElastiCache", Policy: "ElastiCacheServiceRolePolicy"},
	"elasticbeanstalk":                    {Name: "ElasticBeanstalk", Policy: "AWSElasticBeanstalkServiceRolePolicy"},
	"elasticfilesystem":                   {Name: "AmazonElasticFileSystem", Policy: "AmazonElasticFileSystemServiceRolePolicy"},
	"elasticloadbalancing":                {Name: "ElasticLoadBalancing", Policy: "AWSElasticLoadBalancingServiceRolePolicy"},
	"es":                                  {Name: "AmazonElasticsearchService", Policy: "AmazonElasticsearchServiceRolePolicy"},
	"fms":                                 {Name: "FMS", Policy: "FMSServiceRolePolicy"},
	"globalaccelerator":                   {Name: "GlobalAccelerator", Policy: "AWSGlobalAcceleratorSLRPolicy"},
	"guardduty":                           {Name: "AmazonGuardDuty", Policy: "AmazonGuardDutyServiceRolePolicy"},
	"health":                              {Name: "Health_Organizations", Policy: "Health_OrganizationsServiceRolePolicy"},
	"inspector2":                          {Name: "AmazonInspector2", Policy: "AmazonInspector2ServiceRolePolicy"},
	"ipam":                                {Name: "IPAM", Policy: "AWSIPAMServiceRolePolicy"},
	"kafka":                               {Name: "Kafka", Policy: "KafkaServiceRolePolicy"},
	"license-manager":                     {Name: "AWSLicenseManagerRole", Policy: "AWSLicenseManagerServiceRolePolicy"},
	"macie":                               {Name: "AmazonMacie", Policy: "AmazonMacieServiceRolePolicy"},
	"malware-protection.guardduty":        {Name: "AmazonGuardDutyMalwareProtection", Policy: "AmazonGuardDutyMalwareProtectionServiceRolePolicy"},
	"member.org.stacksets.cloudformation": {Name: "CloudFormationStackSetsOrgMember", Policy: "CloudFormationStackSetsOrgMemberServiceRolePolicy"},
	"network-firewall":                    {Name: "NetworkFirewall", Policy: "AWSNetworkFirewallServiceRolePolicy"},
	"opensearchservice":                   {Name: "AmazonOpenSearchService", Policy: "AmazonOpenSearchServiceRolePolicy"},
	"ops.apigateway":                      {Name: "APIGateway", Policy: "APIGatewayServiceRolePolicy"},
	"organizations":                       {Name: "Organizations", Policy: "AWSOrganizationsServiceTrustPolicy"},
	"ram":                                 {Name: "ResourceAccessManager", Policy: "AWSResourceAccessManagerServiceRolePolicy"},
	"rds":                                 {Name: "RDS", Policy: "AmazonRDSServiceRolePolicy"},
	"redshift":                            {Name: "Redshift", Policy: "AmazonRedshiftServiceLinkedRolePolicy"},
	"replicator.lambda":                   {Name: "LambdaReplicator", Policy: "AWSLambdaReplicator"},
	"reporting.trustedadvisor":            {Name: "TrustedAdvisorReporting", Policy: "AWSTrustedAdvisorReportingServiceRolePolicy"},
	"resource-explorer-2":                 {Name: "ResourceExplorer", Policy: "AWSResourceExplorerServiceRolePolicy"},
	"securityhub":                         {Name: "SecurityHub", Policy: "AWSSecurityHubServiceRolePolicy"},
	"securitylake":                        {Name: "SecurityLake", Policy: "SecurityLakeServiceLinkedRole"},
	"servicequotas":                       {Name: "ServiceQuotas", Policy: "ServiceQuotasServiceRolePolicy"},
	"spot":                                {Name: "EC2Spot", Policy: "AWSEC2SpotServiceRolePolicy"},
	"spotfleet":                           {Name: "EC2SpotFleet", Policy: "AWSEC2SpotFleetServiceRolePolicy"},
	"ssm":                                 {Name: "AmazonSSM", Policy: "AmazonSSMServiceRolePolicy"},
	"sso":                                 {Name: "SSO", Policy: "AWSSSOServiceRolePolicy"},
	"stacksets.cloudformation":            {Name: "CloudFormationStackSetsOrgAdmin", Policy: "CloudFormationStackSetsOrgAdminServiceRolePolicy"},
	"storage-lens.s3":                     {Name: "S3StorageLens", Policy: "S3StorageLensServiceRolePolicy"},
	"support":                             {Name: "Support", Policy: "AWSSupportServiceRolePolicy"},
	"transitgateway":                      {Name: "VPCTransitGateway", Policy: "AWSVPCTransitGatewayServiceRolePolicy"},
	"trustedadvisor":                      {Name: "TrustedAdvisor", Policy: "AWSTrustedAdvisorServiceRolePolicy"},
}

// principals are those of services, whose labels the group holds.
var principals = regexp.MustCompile(`^([a-z0-9]+(?:[.-][a-z0-9]+)*)\.amazonaws\.com(?:\.cn)?$`)

// ServiceOf is the service with a principal, false for what is no principal of a service.
// One that the table lacks is taken, with a name after the principal and without a policy:
// Service, or Service_Part for part.service. [assumed]
func ServiceOf(principal string) (Service, bool) {
	found := principals.FindStringSubmatch(principal)
	if found == nil {
		return Service{}, false
	}
	if s, known := services[found[1]]; known {
		return s, true
	}
	parts := strings.Split(found[1], ".")
	name := camel(parts[len(parts)-1])
	if len(parts) > 1 {
		name += "_" + camel(parts[0])
	}
	return Service{Name: name, Suffixed: true}, true
}

// camel joins words that hyphens divide, each with a capital.
func camel(label string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(label, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}
