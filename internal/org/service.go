package org

import (
	"strings"
	"time"
)

// ServicePrincipal names an AWS service that works within an organization, e.g.
// "guardduty.amazonaws.com". Its case counts [assumed].
type ServicePrincipal string

// principalSuffix ends every service principal.
const principalSuffix = ".amazonaws.com"

// Service is an AWS service that can be given trusted access.
type Service struct {
	Principal ServicePrincipal
	// Name is what people call it.
	Name string
	// Delegable says whether members can be registered as its delegated
	// administrators.
	Delegable bool
}

// ServiceAccess is the trusted access that an organization gives to a service.
type ServiceAccess struct {
	Service ServicePrincipal
	Enabled time.Time
	// Sequence orders services that were enabled at the same instant.
	Sequence int64
}

// FindService returns the service of a principal, and false for one that is not
// known. If any is true, every name in the form of a service principal is one, and is
// delegable unless the table says otherwise.
func FindService(principal ServicePrincipal, any bool) (Service, bool) {
	label, ok := strings.CutSuffix(string(principal), principalSuffix)
	if !ok || label == "" {
		return Service{}, false
	}
	if s, listed := services[label]; listed {
		return Service{Principal: principal, Name: s.name, Delegable: s.delegable}, true
	}
	return Service{Principal: principal, Name: label, Delegable: any}, any
}

type service struct {
	name      string
	delegable bool
}

// services is the table of the services that work with organizations, by the
// part of their principal before ".amazonaws.com". [AWS: guide, services that
// you can use with AWS Organizations, 2026; seen in the AWS managed policy
// NetworkSecurityDirectorServiceLinkedRolePolicy: network-security-director; assumed:
// that AMS reporting can be delegated]
var services = map[string]service{
	"access-analyzer":                      {"IAM Access Analyzer", true},
	"account":                              {"Account Management", true},
	"agent-registry":                       {"Agent registry", true},
	"auditmanager":                         {"Audit Manager", true},
	"aws-artifact-account-sync":            {"Artifact", false},
	"backup":                               {"Backup", true},
	"billing-cost-management":              {"Billing and Cost Management", false},
	"cloudtrail":                           {"CloudTrail", true},
	"compute-optimizer":                    {"Compute Optimizer", true},
	"config":                               {"Config", true},
	"config-multiaccountsetup":             {"Config conformance packs and rules", true},
	"controltower":                         {"Control Tower", false},
	"cost-optimization-hub.bcm":            {"Cost Optimization Hub", true},
	"dashboard.eks":                        {"EKS dashboard", true},
	"detective":                            {"Detective", true},
	"devops-guru":                          {"DevOps Guru", true},
	"ds":                                   {"Directory Service", false},
	"ec2":                                  {"EC2, report of declarative policies", false},
	"ec2.capacitymanager":                  {"EC2 Capacity Manager", true},
	"fms":                                  {"Firewall Manager", true},
	"guardduty":                            {"GuardDuty", true},
	"health":                               {"Health", true},
	"iam":                                  {"IAM, central root access", true},
	"inspector2":                           {"Inspector", true},
	"ipam":                                 {"VPC IP Address Manager", true},
	"license-management.marketplace":       {"Marketplace licenses", false},
	"license-manager":                      {"License Manager", true},
	"license-manager-linux-subscriptions":  {"License Manager, Linux subscriptions", true},
	"license-manager.member-account":       {"License Manager, member accounts", true},
	"macie":                                {"Macie", true},
	"malware-protection.guardduty":         {"GuardDuty malware protection", true},
	"member.org.stacksets.cloudformation":  {"CloudFormation StackSets, for delegation", true},
	"mgn":                                  {"Application Migration Service", true},
	"network-security-director":            {"Network Security Director", true},
	"networkflowmonitor":                   {"CloudWatch Network Flow Monitor", true},
	"networkmanager":                       {"Network Manager", true},
	"notifications":                        {"User Notifications", true},
	"observabilityadmin":                   {"CloudWatch", true},
	"private-marketplace.marketplace":      {"Private Marketplace", true},
	"procurement-insights.marketplace":     {"Procurement insights", true},
	"q":                                    {"Amazon Q", false},
	"ram":                                  {"Resource Access Manager", false},
	"reachabilityanalyzer.networkinsights": {"Reachability Analyzer", true},
	"reporting.trustedadvisor":             {"Trusted Advisor", true},
	"resiliencehub":                        {"Resilience Hub", true},
	"resource-explorer-2":                  {"Resource Explorer", true},
	"security-ir":                          {"Security Incident Response", true},
	"securityhub":                          {"Security Hub", true},
	"securitylake":                         {"Security Lake", true},
	"selfservicereporting.managedservices": {"AMS self-service reporting", true},
	"servicecatalog":                       {"Service Catalog", true},
	"servicequotas":                        {"Service Quotas", false},
	"sso":                                  {"IAM Identity Center", true},
	"ssm":                                  {"Systems Manager", true},
	"stacksets.cloudformation":             {"CloudFormation StackSets, enabled together", false},
	"storage-lens.s3":                      {"S3 Storage Lens", true},
	"tagpolicies.tag":                      {"Tag policies", false},
	"wellarchitected":                      {"Well-Architected Tool", false},
}
