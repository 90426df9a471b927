package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/test/process"
	"accord/test/require"
)

// packed is a text as gzip has it.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWhatIsNotValidIsOneLine: the program says where the error is, ends with status 2, prints
// no report, and changes nothing.
func TestWhatIsNotValidIsOneLine(t *testing.T) {
	require.Full(t)
	s, root := tried(t)
	other, err := s.Client("333333333333").CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{})
	if err != nil {
		t.Fatal(err)
	}
	id := modelOf(t, s, *other.Organization.Id, "111111111111")
	const good = `{"eventSource":"iam.amazonaws.com","eventName":"ListUsers"}` + "\n"
	long := packed(t, strings.Repeat(good, 100))
	write(t, map[string]string{
		"guard.json": guard, "broken.json": "{\n \"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"x\", \"Resource\": \"*\"}]}",
		"text.json": "not a policy", "empty.json": "", "blank.json": " \n",
		"tags.json":  `{"tags":{"a":{"tag_key":{"@@assign":5}}}}`,
		"wrong.yaml": "changes:\n  - attach: guard.json\n    targets: root\n", "nothing.yaml": "changes: []\n", "twice.yaml": "changes:\n  - attach: guard.json\n    detach: p-12345678\n", "lost.yaml": "changes:\n  - attach: absent.json\n    target: root\n",
		"number.ndjson": good + `{"eventSource":1}`, "source.ndjson": good + "{\"eventName\":\"x\"}\n", "half.ndjson": good + `{"eventSource":"iam.ama`, "text.ndjson": good + "hello\n",
		"half.json": `{"Records":[` + good + `,{"eventSource"`, "more.json": `{"Records":[` + good + `],"Next":"x"}`, "list.json": `[5]`, "text.json.gz": "\x1f\x8bhello",
		"half.json.gz": long[:len(long)-12], "damaged.json.gz": long[:len(long)-8] + "12345678", "long.ndjson": `{"eventSource":"` + strings.Repeat("x", 17<<20) + `"}`,
		"folder/readme.txt": "x",
		"state.json":        `{"format_version":"1.0","values":{}}`,
		"unknown.json":      `{"format_version":"1.2","resource_changes":[{"address":"aws_organizations_policy_attachment.a","type":"aws_organizations_policy_attachment","name":"a","change":{"actions":["create"],"after":{"target_id":"` + root + `"}}}]}`,
	})
	const attach = "--attach guard.json --target root "
	before := modelText(t, s, id)
	for _, c := range []struct{ args, want string }{
		{"", "no change is given: --attach"},
		{"--move 222222222222 " + root, "change 1, move 222222222222: it is in " + root + " already"},
		{"--move 222222222222", "--move 222222222222 is followed by a root or a unit"},
		{"--move 333333333333 " + root, `change 1, move 333333333333: the account "333333333333" is not in the organization ` + id},
		{"--move 222222222222 ou-ab12-cd34ef56", `change 1, move 222222222222: the organization ` + id + ` has no root or unit "ou-ab12-cd34ef56"`},
		{attach + "--enable SERVICE_CONTROL_POLICY", "change 2, enable SERVICE_CONTROL_POLICY: it is enabled already"},
		{"--enable TAG_POLICI", `change 1, enable TAG_POLICI: "TAG_POLICI" is not a policy type; did you mean TAG_POLICY?`},
		{"--disable TAG_POLICY", "change 1, disable TAG_POLICY: it is not enabled"},
		{"--attach guard.json", "change 1, attach guard.json: it has no target"},
		{"--attach guard.json --target ou-ab12-cd34ef56", `change 1, attach guard.json: the target "ou-ab12-cd34ef56" is not in the organization ` + id},
		{"--attach guard.json --target 333333333333", `change 1, attach guard.json: the target "333333333333" is not in the organization ` + id},
		{"--attach guard.json --target account-222222222222", `change 1, attach guard.json: the target "account-222222222222" is not in the organization ` + id + "; that is the name of 222222222222"},
		{"--move 22222222222 " + root, `change 1, move 22222222222: the account "22222222222" is not in the organization ` + id + "; did you mean 222222222222?"},
		{"--attach absent.json --target root", "open absent.json: no such file or directory"},
		{"--attach broken.json --target root", "change 1, attach broken.json: broken.json:2:70: $.Statement[0].Action: "},
		{"--attach text.json --target root", "change 1, attach text.json: text.json:1:1: "},
		{"--attach empty.json --target root", "empty.json: the file is empty"},
		{"--attach tags.json --target root", "change 1, attach tags.json: tags.json:1:37: $.tags.a.tag_key.@@assign: "},
		{"--update p-FullAWSAccess guard.json", "change 1, update p-FullAWSAccess: a policy of AWS cannot be changed"},
		{"--update p-12345678 guard.json", "change 1, update p-12345678: the organization " + id + ` has no policy "p-12345678"`},
		{"--update p-12345678", "--update p-12345678 is followed by a file"},
		{"--detach p-FullAWSAccess --target 222222222222", "222222222222 would have 0 policies of the type SERVICE_CONTROL_POLICY, and needs 1"},
		{"--detach p-12345678 --target root", "change 1, detach p-12345678: the organization " + id + ` has no policy "p-12345678"`},
		{"--target root --attach guard.json", `invalid argument "root" for "--target" flag: it follows --attach or --detach (see accord whatif --help)`},
		{"--changes wrong.yaml", "wrong.yaml: line 3: field targets not found"},
		{"--changes nothing.yaml", "nothing.yaml: line 1: there is no member changes, or it is empty"},
		{"--changes twice.yaml", "change 1, attach guard.json: exactly one of attach, detach, "},
		{"--changes lost.yaml", "open absent.json: no such file or directory"},
		{"--terraform guard.json", "guard.json: not the output of terraform show -json of a plan"},
		{"--terraform state.json", "state.json: not the output of terraform show -json of a plan: there is no member resource_changes"},
		{"--terraform unknown.json", "unknown.json: resource_changes[0], aws_organizations_policy_attachment.a: policy_id is known only when the plan is applied"},
		{attach + "--events absent.ndjson", "absent.ndjson: there is no such file"},
		{attach + "--events none-*.json", "none-*.json: there is no such file"},
		{attach + "--events folder", "folder: the folder has no files of records"},
		{attach + "--events empty.json", "empty.json: the file is empty"},
		{attach + "--events source.ndjson", "source.ndjson: record 2, byte 77: it has no eventSource: it is not a record of CloudTrail"},
		{attach + "--events number.ndjson", "number.ndjson: record 2, byte 77: eventSource is a JSON number, which is not allowed there"},
		{attach + "--events half.ndjson", "half.ndjson: record 2, byte 59: the file ends within a record"},
		{attach + "--events text.ndjson", "text.ndjson: record 2, byte 59: not valid JSON: "},
		{attach + "--events half.json", "half.json: record 2, byte "},
		{attach + "--events more.json", "more.json: record 2, byte 80: the object of the records has another member"},
		{attach + "--events list.json", "list.json: record 1, byte 2: a JSON number is no record of CloudTrail"},
		{attach + "--events guard.json", "guard.json: record 1, byte "},
		{attach + "--events text.json.gz", "text.json.gz: not valid gzip: "},
		{attach + "--events half.json.gz", "half.json.gz: record 101, byte 5999: "},
		{attach + "--events damaged.json.gz", "damaged.json.gz: record 101, byte 5999: gzip: invalid checksum"},
		{attach + "--events long.ndjson", "long.ndjson: record 1, byte 0: the record is longer than 16 MiB"},
		{attach + "guard.json", `"guard.json" belongs to no flag`},
		{"events.ndjson " + attach + "--events guard.json", `"events.ndjson" belongs to no flag`},
		{attach + "--accounts 333333333333", `the account "333333333333" is not in the organization ` + id},
		{attach + "--actions Leave", `--actions: entry 1: "Leave" is not an action such as s3:PutBucketPolicy`},
		{attach + "--actions s4:*", `--actions: entry 1: "s4:*" matches no action that Accord knows; name the actions`},
		{attach + "--context x", `--context: "x" is not KEY=VALUE, such as aws:RequestedRegion=eu-west-1`},
		{attach + "--output xml", `invalid argument "xml" for "--output" flag: it is none of table, json, markdown and sarif (see accord whatif --help)`},
		{attach + "--fail-on denid", `invalid argument "denid" for "--fail-on" flag: it is none of denied, allowed, any and none; did you mean denied? (see accord whatif --help)`},
		{attach + "--organization o-none", `there is no organization "o-none"`},
		{attach + "--organization=", "the server has several organizations; name one: "},
	} {
		args := append([]string{"whatif", "--admin", s.AdminURL, "--organization", id}, strings.Fields(c.args)...)
		run := exec.CommandContext(t.Context(), process.Program(t), args...)
		var stdout, stderr bytes.Buffer
		run.Stdout, run.Stderr = &stdout, &stderr
		err := run.Run()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() != misused || stdout.Len() > 0 || strings.Count(stderr.String(), "\n") != 1 || !strings.HasPrefix(stderr.String(), "accord: "+c.want) {
			t.Errorf("%s: %v, printed %q\n%swant: accord: %s", c.args, err, stdout.String(), stderr.String(), c.want)
		}
	}
	if after := modelText(t, s, id); after != before {
		t.Errorf("something was changed:\n%s\nwas\n%s", after, before)
	}
}

// modelOf is the organization of a management account that is not another one.
func modelOf(t *testing.T, s *process.Server, other, management string) string {
	t.Helper()
	found, err := s.Client(management).DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{})
	if err != nil || *found.Organization.Id == other {
		t.Fatal(err, other)
	}
	return *found.Organization.Id
}

// modelText is an organization whole, without the instant.
func modelText(t *testing.T, s *process.Server, id string) string {
	t.Helper()
	r, err := http.Get(s.AdminURL + "/model?organization=" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r.Status, err)
	}
	return string(text)
}
