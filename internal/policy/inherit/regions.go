package inherit

// Security Hub, Inspector and Network Security Director policies turn features
// on and off by Region. [AWS: guide]

// regionLists is a feature with its Regions. A Region in both lists is
// disabled, which is for the service to know. Both lists must be there in the
// effective policy, where they may be empty; a document may give only one,
// since the other can be inherited. [AWS: guide; the moment is assumed]
func regionLists(more ...field) *Element {
	return container(append([]field{
		{"enable_in_regions", many(regionOrAll)},
		{"disable_in_regions", many(regionOrAll)},
	}, more...)...).requiring("enable_in_regions", "disable_in_regions")
}

var regionOrAll = matching("a Region code such as eu-north-1, or ALL_SUPPORTED", regionPattern+`|ALL_SUPPORTED`)

// SecurityHubPolicy is the structure of Security Hub policies. [AWS: guide]
var SecurityHubPolicy = regionLists(
	field{"features", container(
		field{"network_scanning", regionLists()},
	)},
)

// InspectorPolicy is the structure of Inspector policies. [AWS: guide]
var InspectorPolicy = container(
	field{"enablement", container(
		field{"lambda_standard_scanning", regionLists(
			field{"lambda_code_scanning", regionLists()},
		)},
		field{"ec2_scanning", regionLists()},
		field{"ecr_scanning", regionLists()},
		field{"code_repository_scanning", regionLists()},
	)},
)

// NetworkSecurityDirectorPolicy is the structure of network security director
// policies. [AWS: guide]
var NetworkSecurityDirectorPolicy = container(
	field{"enablement", container(
		field{"network_security_scan", regionLists()},
	)},
)
