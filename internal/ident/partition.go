package ident

import (
	"regexp"
	"slices"
	"strings"
)

// Partition is a group of Regions with accounts and organizations of its own, and
// the first field of every ARN in it.
type Partition string

// The partitions.
const (
	AWS      Partition = "aws"
	AWSChina Partition = "aws-cn"
	AWSUSGov Partition = "aws-us-gov"
	AWSISO   Partition = "aws-iso"
	AWSISOB  Partition = "aws-iso-b"
	AWSISOE  Partition = "aws-iso-e"
	AWSISOF  Partition = "aws-iso-f"
	AWSEUSC  Partition = "aws-eusc"
)

// partitions is THE table of partitions. regions begin the names of their Regions; aws
// has all that fit no other row. primary is the Region of global services. [AWS:
// partitions of the SDKs]
var partitions = []struct {
	name             Partition
	regions, primary string
}{
	{AWS, "", "us-east-1"},
	{AWSChina, "cn-", "cn-northwest-1"},
	{AWSUSGov, "us-gov-", "us-gov-west-1"},
	{AWSISO, "us-iso-", "us-iso-east-1"},
	{AWSISOB, "us-isob-", "us-isob-east-1"},
	{AWSISOE, "eu-isoe-", "eu-isoe-west-1"},
	{AWSISOF, "us-isof-", "us-isof-south-1"},
	{AWSEUSC, "eusc-de-", "eusc-de-east-1"},
}

// Partitions lists all partitions, aws first.
func Partitions() []Partition {
	all := make([]Partition, len(partitions))
	for i, row := range partitions {
		all[i] = row.name
	}
	return all
}

// placeAndNumber follows the beginning of the name of a Region.
var placeAndNumber = regexp.MustCompile(`^\w+-\d+$`)

// PartitionOf is the partition of a Region, or of a pseudo Region such as
// "aws-cn-global". It is aws for every other name, also for an empty one.
func PartitionOf(region string) Partition {
	if global, ok := strings.CutSuffix(region, "-global"); ok && slices.Contains(Partitions(), Partition(global)) {
		return Partition(global)
	}
	for _, row := range partitions[1:] {
		if rest, ok := strings.CutPrefix(region, row.regions); ok && placeAndNumber.MatchString(rest) {
			return row.name
		}
	}
	return AWS
}

// PrimaryRegion is the Region in which the global services of the partition run;
// empty for a partition that does not exist.
func (p Partition) PrimaryRegion() string {
	for _, row := range partitions {
		if row.name == p {
			return row.primary
		}
	}
	return ""
}

// In returns an ARN as it is in the partition.
func (p Partition) In(arn string) string {
	of, is := strings.CutPrefix(arn, "arn:")
	own, rest, more := strings.Cut(of, ":")
	if !is || !more || own == string(p) {
		return arn
	}
	return "arn:" + string(p) + ":" + rest
}

// ManagedPolicyARN names a policy that AWS made and every organization of the
// partition shares.
func (p Partition) ManagedPolicyARN(segment string, id PolicyID) string {
	return "arn:" + string(p) + ":organizations::aws:policy/" + segment + "/" + string(id)
}

// RootUserARN names the root user of an account.
func (p Partition) RootUserARN(id AccountID) string {
	return "arn:" + string(p) + ":iam::" + string(id) + ":root"
}

// RoleARN names a role of an account; path is the path of the role, without its first
// slash, and its name.
func (p Partition) RoleARN(id AccountID, path string) string {
	return "arn:" + string(p) + ":iam::" + string(id) + ":role/" + path
}
