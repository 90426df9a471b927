package inherit

// S3Policy is the structure of S3 policies. [AWS: guide; seen]
var S3Policy = container(
	field{"public_access_block_configuration", one(choice("all", "none"))},
)
