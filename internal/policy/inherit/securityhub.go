package inherit

// SecurityHubPolicy is the structure of Security Hub policies. [AWS: guide]
var SecurityHubPolicy = regionLists(
	field{"features", container(
		field{"network_scanning", regionLists()},
	)},
)
