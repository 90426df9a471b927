package inherit

// ChatbotPolicy is the structure of chat applications policies. [AWS: guide,
// recorded] The default of the organization is beside the platforms; the one
// published example that has it among them is rejected.
var ChatbotPolicy = container(
	field{"platforms", container(
		field{"slack", container(
			field{"client", one(toggle)},
			field{"workspaces", many(slackID.orStar())},
			field{"default", slackDefaults},
			field{"overrides", each(slackID, slackDefaults)},
		)},
		field{"microsoft_teams", container(
			field{"client", one(toggle)},
			field{"tenants", each(teamsID.orStar(), many(teamsID.orStar()))},
			field{"default", teamsDefaults},
			field{"overrides", each(teamsID, each(teamsID, teamsDefaults))},
		)},
		field{"chime", container(
			field{"client", one(toggle)},
		)},
	)},
	field{"default", container(
		field{"client", one(toggle)},
	)},
)

var slackDefaults = container(
	field{"supported_channel_types", many(choice("public", "private"))},
	field{"supported_role_settings", roleSettings},
)

var teamsDefaults = container(
	field{"supported_role_settings", roleSettings},
)

var roleSettings = many(choice("user_role", "channel_role"))

var slackID = matching("a Slack workspace id of 1 to 255 capital letters and digits", `[A-Z0-9]{1,255}`)

// teamsID is the id of a tenant or a team.
var teamsID = matching("an id such as 12345678-abcd-1234-abcd-123456789abc, in lower case",
	`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
