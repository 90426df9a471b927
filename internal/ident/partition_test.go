package ident_test

import (
	"testing"

	"accord/internal/ident"
)

// [AWS: partitions of the SDKs]
func TestARegionIsInAPartition(t *testing.T) {
	for region, want := range map[string]ident.Partition{
		"us-east-1": "aws", "eu-central-2": "aws", "ap-southeast-4": "aws", "mx-central-1": "aws", "il-central-1": "aws",
		"cn-north-1": "aws-cn", "cn-northwest-1": "aws-cn",
		"us-gov-west-1": "aws-us-gov", "us-gov-east-1": "aws-us-gov",
		"us-iso-east-1": "aws-iso", "us-iso-west-1": "aws-iso",
		"us-isob-east-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f",
		"eusc-de-east-1": "aws-eusc",
		"aws-global":     "aws", "aws-cn-global": "aws-cn", "aws-us-gov-global": "aws-us-gov",
		"aws-iso-global": "aws-iso", "aws-iso-b-global": "aws-iso-b", "aws-eusc-global": "aws-eusc",
		// Every Region that is in no other partition. [assumed]
		"": "aws", "local": "aws", "cn": "aws", "cn-": "aws", "cn-north": "aws", "xcn-north-1": "aws", "CN-NORTH-1": "aws",
		"cn-north-1a": "aws", "us-gov-": "aws", "eusc-fr-east-1": "aws", "aws-xx-global": "aws", "-global": "aws", "cn-north-1\n": "aws",
	} {
		if got := ident.PartitionOf(region); got != want {
			t.Errorf("%q is in %s, want %s", region, got, want)
		}
	}
}

// [AWS: partitions of the SDKs; each names the Region of its global services]
func TestAPartitionHasAPrimaryRegion(t *testing.T) {
	want := []struct{ name, region string }{
		{"aws", "us-east-1"}, {"aws-cn", "cn-northwest-1"}, {"aws-us-gov", "us-gov-west-1"}, {"aws-iso", "us-iso-east-1"},
		{"aws-iso-b", "us-isob-east-1"}, {"aws-iso-e", "eu-isoe-west-1"}, {"aws-iso-f", "us-isof-south-1"}, {"aws-eusc", "eusc-de-east-1"},
	}
	all := ident.Partitions()
	if len(all) != len(want) {
		t.Fatalf("there are %v", all)
	}
	for i, p := range all {
		if string(p) != want[i].name || p.PrimaryRegion() != want[i].region || ident.PartitionOf(p.PrimaryRegion()) != p {
			t.Errorf("%s has the primary Region %s, which is in %s; want %v", p, p.PrimaryRegion(), ident.PartitionOf(p.PrimaryRegion()), want[i])
		}
	}
	if region := ident.Partition("aws-xx").PrimaryRegion(); region != "" {
		t.Errorf("no partition has the primary Region %s", region)
	}
}

func TestAnARNMovesToAPartition(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:iam::111111111111:root":           "arn:aws-cn:iam::111111111111:root",
		"arn:aws-us-gov:sts::1:assumed-role/R/S:x": "arn:aws-cn:sts::1:assumed-role/R/S:x",
		"":                               "",
		"arn:aws":                        "arn:aws",
		"urn:aws:iam::111111111111:root": "urn:aws:iam::111111111111:root",
		ident.AWSISO.RoleARN("111111111111", "ci/Run"): "arn:aws-cn:iam::111111111111:role/ci/Run",
	} {
		if got := ident.AWSChina.In(arn); got != want {
			t.Errorf("%s becomes %s, want %s", arn, got, want)
		}
	}
}
