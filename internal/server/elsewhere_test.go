package server_test

import (
	"strings"
	"testing"
)

func TestACallOfAServiceThatIsNotHereSaysWhereToPointIt(t *testing.T) {
	b := start(t)
	for name, want := range map[string]string{
		"s3":                        "This server answers things and tokens, not s3; point s3 elsewhere with AWS_ENDPOINT_URL_S3.",
		"tagging":                   "point tagging elsewhere with AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API.",
		"backup-x":                  "AWS_ENDPOINT_URL_BACKUP_X.",
		"<b>&\"evil\"":              "not bevil; point bevil elsewhere with AWS_ENDPOINT_URL_BEVIL.",
		strings.Repeat("long", 100): "AWS_ENDPOINT_URL_" + strings.Repeat("LONG", 10) + ".",
	} {
		c := look()
		c.scope, c.target, c.path = name, "Elsewhere.Look", "/"
		a := b.must(c)
		if text := a.field("message"); a.status != 501 || a.field("__type") != "UnknownOperationException" || !strings.HasSuffix(text, want) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if line := b.lines(1)[0]; line["service"] != "other" || line["outcome"] != "UnknownOperationException" {
			t.Errorf("logged %v", line)
		}
	}
	if n := b.invocations(); n != 0 {
		t.Errorf("an operation ran %d times", n)
	}
}
