package inherit

// BedrockPolicy is the structure of Bedrock policies. Whether the management
// account owns the guardrail is not known here. [AWS: guide]
var BedrockPolicy = container(
	field{"guardrail_inference", each(region, container(
		field{"config_1", container(
			field{"identifier", one(matching(
				"the ARN of a guardrail with a version number, such as arn:aws:bedrock:eu-west-1:555566667777:guardrail/gr4x7q2m:3",
				`arn:`+partitionPattern+`:bedrock:`+regionPattern+`:[0-9]{12}:guardrail/[a-z0-9]+:[1-9][0-9]{0,7}`))},
			field{"selective_content_guarding", container(
				field{"system", one(guarding)},
				field{"messages", one(guarding)},
			)},
			field{"model_enforcement", container(
				field{"included_models", many(text(1, unbounded))},
				field{"excluded_models", many(text(1, unbounded))},
			)},
		).requiring("identifier")},
	))},
)

var guarding = choice("comprehensive", "selective")
