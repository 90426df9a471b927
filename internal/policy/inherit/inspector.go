package inherit

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
