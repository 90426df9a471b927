package inherit

import (
	"strings"

	"accord/internal/policy/document"
)

// BedrockPolicy is the structure of Bedrock policies. [AWS: Bedrock policy syntax;
// assumed: that required parts are demanded of the effective policy]
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
			).requiring("included_models", "excluded_models")},
		).requiring("identifier")},
	).checked(ownsGuardrail))},
)

var guarding = choice("comprehensive", "selective")

// ownsGuardrail checks that the guardrail of a Region is there and belongs to the
// management account. [AWS: Bedrock policy syntax]
func ownsGuardrail(d *diagnostics, region document.Member, parent *document.Path) {
	identifier := assigned(region.Value, "config_1", "identifier")
	if identifier == nil {
		return
	}
	parts := strings.Split(identifier.Text, ":")
	if len(parts) < 6 {
		return // not an ARN, which has its own diagnostic
	}
	at := parent.Member(region.Name).Member("config_1").Member("identifier").Member("@@assign")
	switch place, owner := parts[3], parts[4]; {
	case place != region.Name:
		d.add(identifier, at, "the guardrail is in Region %s; it must be in %s, under which it stands", document.Quote(place), document.Quote(region.Name))
	case d.facts.Management != "" && owner != string(d.facts.Management):
		d.add(identifier, at, "the guardrail belongs to account %s; it must belong to the management account, %s", document.Quote(owner), document.Quote(string(d.facts.Management)))
	}
}
