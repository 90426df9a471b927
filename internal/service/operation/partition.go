package operation

import (
	"slices"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
)

// lacks is what the organizations of a partition do not have.
type lacks struct {
	// operations answer that they are not supported.
	operations []string
	// only are the policy types of the partition; nil for all but without.
	only, without []orgapi.PolicyType
	// consolidatedBilling is true where every organization has all features.
	consolidatedBilling bool
	// accounts is the highest number of accounts; zero for no bound of the partition.
	accounts int64
	// networkScanning is true where Security Hub does not scan networks.
	networkScanning bool
}

// outsideOfAWS is what all partitions but aws lack. [AWS: CreateGovCloudAccount; Security
// Hub policy syntax]
var outsideOfAWS = lacks{operations: []string{"CreateGovCloudAccount"}, networkScanning: true}

// lacking is THE table of what partitions lack; the others lack what outsideOfAWS says.
var lacking = map[ident.Partition]lacks{
	ident.AWS: {},
	// [AWS: AWS Organizations in the AWS GovCloud (US) User Guide]
	ident.AWSUSGov: {
		operations: []string{"CreateAccount", "CreateGovCloudAccount"},
		only: []orgapi.PolicyType{
			orgapi.PolicyTypeServiceControlPolicy, orgapi.PolicyTypeResourceControlPolicy, orgapi.PolicyTypeTagPolicy,
			orgapi.PolicyTypeDeclarativePolicyEc2, orgapi.PolicyTypeS3Policy,
		},
		consolidatedBilling: true,
		networkScanning:     true,
	},
	// [AWS: AWS Organizations in China]
	ident.AWSChina: {
		operations: []string{"CreateGovCloudAccount"},
		without: []orgapi.PolicyType{
			orgapi.PolicyTypeBackupPolicy, orgapi.PolicyTypeChatbotPolicy, orgapi.PolicyTypeAiservicesOptOutPolicy,
			orgapi.PolicyTypeBedrockPolicy, orgapi.PolicyTypeNetworkSecurityDirectorPolicy,
		},
		accounts:        5000,
		networkScanning: true,
	},
}

const partitionFeatures = "--behavior partition-features"

// lacks is what a partition lacks; nothing unless the behavior says so.
func (r *Runner) lacks(p ident.Partition) lacks {
	if !r.Behavior.PartitionFeatures {
		return lacks{}
	}
	if found, ok := lacking[p]; ok {
		return found
	}
	return outsideOfAWS
}

// requireOperation rejects an operation that the caller's partition lacks. [assumed: the
// exception]
func (r *Reader) requireOperation() error {
	if slices.Contains(r.lacks(r.Caller.Partition()).operations, r.Operation.Name) {
		return orgapi.ErrUnsupportedAPIEndpoint().RaisedBy(partitionFeatures)
	}
	return nil
}

// RequireFeatureSet rejects a feature set that new organizations of the caller's
// partition cannot have. [AWS: the reason; assumed: when]
func (r *Reader) RequireFeatureSet(set org.FeatureSet) error {
	if set == org.ConsolidatedBilling && r.lacks(r.Caller.Partition()).consolidatedBilling {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCreateOrganizationInBillingModeUnsupportedRegion).
			RaisedBy(partitionFeatures)
	}
	return nil
}

// RequirePolicyType rejects a policy type that the caller's partition lacks. [assumed:
// the exception]
func (r *Reader) RequirePolicyType(kind org.PolicyType) error {
	l := r.lacks(r.Caller.Partition())
	if wanted := orgapi.PolicyType(kind); l.only != nil && !slices.Contains(l.only, wanted) || slices.Contains(l.without, wanted) {
		return orgapi.ErrPolicyTypeNotAvailableForOrganization().RaisedBy(partitionFeatures)
	}
	return nil
}

// LacksNetworkScanning reports whether Security Hub does not scan networks in the
// caller's partition.
func (r *Reader) LacksNetworkScanning() bool { return r.lacks(r.Caller.Partition()).networkScanning }

// RequireSamePartition rejects an agreement between accounts of two partitions. [AWS:
// HandshakeConstraintViolationException, ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD]
func (r *Reader) RequireSamePartition(a, b ident.Partition) error {
	if r.Behavior.PartitionFeatures && a != b {
		return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationFromDifferentSellerOfRecord).
			RaisedBy(partitionFeatures)
	}
	return nil
}

// withinPartition lowers the number of accounts of an organization to what its partition
// allows.
func (r *Reader) withinPartition(organization ident.OrganizationID, limit int64) (int64, error) {
	if !r.Behavior.PartitionFeatures {
		return limit, nil
	}
	o, err := r.Organization(organization)
	if err != nil {
		return 0, err
	}
	if most := r.lacks(o.Partition).accounts; most > 0 {
		limit = min(limit, most)
	}
	return limit, nil
}
