// Package simulators_test compares the evaluation of policies with an engine that others
// wrote from the same documentation.
package simulators_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/policy/evaluate"
	"accord/test/npm"
	"accord/test/require"
)

var number = flag.Int("cases", 300, "how many random requests are decided by both engines")

// difference is a rule that the other engine does not have. Its source decides. What it
// means is written in other words, with which both engines have to agree.
type difference struct {
	rule, source string
	// when says to which requests the rule applies; always if it is nil.
	when       func(keys map[string]any) bool
	words, new string
}

// differences are all that were found. docs/fidelity.md has them too.
var differences = []difference{
	{"a number may have an exponent", "recorded", nil, `"3e2"`, `"300"`},
	{"each text but true is false", "recorded", nil, `"aws:SecureTransport":"yes"`, `"aws:SecureTransport":"false"`},
	{"an IPv6 network with host bits contains no address", "recorded", nil, `"2001:db8::1/127"`, `"2001:db8:ffff::/127"`},
	{"an address of IPv6 is not in a network of IPv4", "AWS: condition operators", nil, `"NotIpAddressIfExists":{"aws:SourceIp":"192.0.2.1"}`, `"NotIpAddressIfExists":{"aws:SourceIp":"192.0.2.1/32"}`},
	{"text is unequal to each number", "recorded", func(keys map[string]any) bool { return keys["aws:MultiFactorAuthAge"] == "ten" }, `"NumericNotEquals":{"aws:MultiFactorAuthAge":[300,7]}`, always},
	{"a list is no variable, and has no default", "recorded", nil, `${aws:TagKeys, 'e'}*`, `~`},
	{"a variable without a value equals nothing, which a negated operator ignores", "recorded; assumed: NotResource", without("aws:username"), `${aws:username}`, `~`},
	{"a variable without a value equals nothing, which a negated operator ignores", "recorded; assumed: NotResource", without("aws:PrincipalTag/team"), `${aws:PrincipalTag/team}`, `~`},
}

// always is a condition that holds for every request of the test.
const always = `"ForAllValues:ArnEquals":{"aws:SourceArn":"arn:aws:s3:::b"}`

func without(key string) func(map[string]any) bool {
	return func(keys map[string]any) bool { return keys[key] == nil }
}

// TestDecisionsAgreeWithAnotherEngine decides random requests with Accord and with
// @cloud-copilot/iam-simulate: they agree but where a recording or the documentation
// decides against it.
func TestDecisionsAgreeWithAnotherEngine(t *testing.T) {
	require.Long(t)
	folder := npm.Install(t, "engine")
	var lines []string
	var ours []string
	met := map[string]int{}
	for i := range *number {
		s := simulations.Example(i)
		line, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, unescaped.Replace(string(line)))
		ours = append(ours, decision(t, s))
		met[ours[i]]++
	}
	theirs := ask(t, folder, lines)
	var differing, rewritten []string
	var want []string
	for i, line := range lines {
		if ours[i] == theirs[i] {
			continue
		}
		differing, want = append(differing, line), append(want, ours[i])
		rewritten = append(rewritten, inOtherWords(t, line))
	}
	for i, got := range ask(t, folder, rewritten) {
		if got != want[i] {
			t.Errorf("%s, the other engine says %s, and no rule explains it: %s", want[i], got, differing[i])
		}
	}
	t.Logf("%d of %d requests are decided otherwise, as the rules say; decisions: %v", len(differing), len(lines), met)
	// Of few requests, chance decides how many differ.
	if n := len(differing); len(lines) >= 4000 && (200*n > len(lines) || n == 0) {
		t.Errorf("%d of %d requests are decided otherwise", n, len(lines))
	}
	for decision, n := range met {
		if 10*n < len(lines) {
			t.Errorf("%d of %d requests are %s", n, len(lines), decision)
		}
	}
}

// unescaped writes characters that encoding/json escapes for HTML.
var unescaped = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// decision is that of Accord, in the words of the other engine.
func decision(t *testing.T, s *simulation) string {
	t.Helper()
	d, err := s.decide()
	if err != nil {
		t.Fatal(err)
	}
	cause, denied := d.Cause()
	switch {
	case !denied:
		return "Allowed"
	case cause.Outcome == evaluate.ExplicitDeny:
		return "ExplicitlyDenied"
	}
	return "ImplicitlyDenied"
}

// inOtherWords is a simulation without what the other engine reads differently.
func inOtherWords(t *testing.T, line string) string {
	t.Helper()
	var s simulation
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if d.when == nil || d.when(s.Request.ContextVariables) {
			line = strings.ReplaceAll(line, d.words, d.new)
		}
	}
	return line
}

// ask asks the other engine, and returns an answer for each line.
func ask(t *testing.T, folder string, lines []string) []string {
	t.Helper()
	if len(lines) == 0 {
		return nil
	}
	c := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "decide.mjs"))
	c.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(answers) != len(lines) {
		t.Fatalf("%v: %d answers for %d simulations\n%s", err, len(answers), len(lines), stderr.String())
	}
	return answers
}
