package inherit

// NetworkSecurityDirectorPolicy is the structure of network security director
// policies. [AWS: guide]
var NetworkSecurityDirectorPolicy = container(
	field{"enablement", container(
		field{"network_security_scan", regionLists()},
	)},
)
