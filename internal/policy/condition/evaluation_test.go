package condition_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/policy/condition"
)

// keys is a Context of fixed values, by keys in lower case.
type keys map[string]condition.Values

func (k keys) Value(key string) (condition.Values, bool) {
	v, ok := k[key]
	return v, ok
}

func (k keys) set(key string, multivalued bool, values []string) {
	if key = strings.ToLower(key); multivalued {
		k[key] = condition.List(values...)
	} else {
		k[key] = condition.One(values[0])
	}
}

// TestRecordedConditions compares with what the service decided. [recorded]
func TestRecordedConditions(t *testing.T) {
	content, err := os.ReadFile("testdata/recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		ID, Engine, Operator, Key string
		PolicyValues              []string
		ContextType               string
		ContextValues             []string
		OtherContext              map[string]struct {
			Type   string
			Values []string
		}
		Match       bool
		MatchInDeny *bool
	}
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 239 {
		t.Fatalf("%d vectors, want 239", len(vectors))
	}
	for _, v := range vectors {
		c := keys{}
		if v.ContextValues != nil {
			c.set(v.Key, strings.HasSuffix(v.ContextType, "List"), v.ContextValues)
		}
		for key, other := range v.OtherContext {
			c.set(key, strings.HasSuffix(other.Type, "List"), other.Values)
		}
		test := condition.NewTest(v.Operator, v.Key, v.PolicyValues, true)
		for _, deny := range []bool{false, true} {
			want := v.Match
			if deny && v.MatchInDeny != nil {
				want = *v.MatchInDeny
			}
			if got := test.Holds(condition.Request{Context: c, Deny: deny, Simulated: v.Engine == "simulator"}); got != want {
				t.Errorf("%s: %s %q of %q, deny %v: %v, want %v", v.ID, v.Operator, v.PolicyValues, v.ContextValues, deny, got, want)
			}
		}
	}
}

// absent are the values of a key that the request does not have.
var absent = []string(nil)

func TestConditionsHold(t *testing.T) {
	for _, c := range []struct {
		operator string
		operands string // separated by blanks
		values   []string
		want     bool
		source   string
	}{
		{"StringEquals", "a b", []string{"a"}, true, "AWS: condition operators"},
		{"StringEquals", "a", []string{"A"}, false, "AWS: condition operators"},
		{"StringNotEquals", "a b", []string{"b"}, false, "AWS: condition operators"},
		{"StringNotEquals", "a", absent, true, "AWS: condition operators"},
		{"StringEqualsIfExists", "a", absent, true, "AWS: condition operators"},
		{"StringNotEqualsIfExists", "a", []string{"a"}, false, "AWS: condition operators"},
		{"StringLike", "te*m?", []string{"team1"}, true, "published by users"},
		{"StringLike", "te*m?", []string{"team"}, false, "published by users"},
		{"StringLike", "${*}", []string{"*"}, true, "AWS: policy variables"},
		{"StringLike", "${*}", []string{"x"}, false, "AWS: policy variables"},
		{"StringLike", "${?}${$}", []string{"?$"}, true, "AWS: policy variables"},
		{"ForAllValues:StringEquals", "a b", []string{"a"}, true, "AWS: multivalued context keys"},
		{"ForAllValues:StringEquals", "a b", []string{"a", "c"}, false, "AWS: multivalued context keys"},
		{"ForAllValues:StringEquals", "a", absent, true, "AWS: multivalued context keys"},
		{"ForAllValues:StringEquals", "a", []string{}, true, "recorded"},
		{"ForAllValues:StringNotLike", "a", absent, true, "AWS: multivalued context keys"},
		{"ForAnyValue:StringEquals", "a", []string{"c", "a"}, true, "AWS: multivalued context keys"},
		{"ForAnyValue:StringEquals", "a", absent, false, "AWS: multivalued context keys"},
		{"ForAnyValue:StringEquals", "a", []string{}, false, "recorded"},
		{"ForAnyValue:StringNotEquals", "a", absent, false, "AWS: multivalued context keys"},
		{"ForAnyValue:StringEqualsIfExists", "a", absent, true, "assumed"},
		{"ForAnyValue:StringEqualsIfExists", "a", []string{"b", "c"}, false, "assumed"},
		{"ForAnyValue:StringNotEquals", "a", []string{"a", "c"}, true, "AWS: multivalued context keys"},
		{"ForAllValues:StringNotEquals", "a", []string{"a", "c"}, false, "AWS: multivalued context keys"},
		{"StringEquals", "a", []string{"a", "c"}, false, "recorded"},
		{"StringNotEquals", "a", []string{"b", "c"}, false, "recorded"},
		{"StringNotEqualsIfExists", "a", []string{}, false, "assumed"},
		{"Null", "true", absent, true, "AWS: condition operators"},
		{"Null", "false", absent, false, "AWS: condition operators"},
		{"Null", "true", []string{}, false, "recorded"},
		{"Null", "false true", absent, true, "assumed"},
		{"NumericLessThan", "10", []string{"9.5"}, true, "published by users"},
		{"NumericLessThan", "10", []string{"10"}, false, "published by users"},
		{"NumericLessThanEquals", "10", []string{"1e1"}, true, "recorded"},
		{"NumericGreaterThan", "-1.50", []string{"-1.5"}, false, "assumed"},
		{"NumericGreaterThan", "-2", []string{"-1.5"}, true, "assumed"},
		{"NumericGreaterThanEquals", "0.001", []string{".1e-2"}, true, "assumed"},
		{"NumericEquals", "0", []string{"-0.0e7"}, true, "assumed"},
		{"NumericEquals", "100", []string{"1e2"}, true, "recorded"},
		{"NumericLessThan", "1e2147483647", []string{"9e2147483646"}, true, "assumed"},
		{"NumericEquals", "1e2147483648", []string{"1e2147483648"}, false, "assumed"},
		{"NumericEquals", "10", []string{"ten"}, false, "recorded"},
		{"NumericNotEquals", "10", []string{"ten"}, true, "recorded"},
		{"NumericNotEquals", "10", absent, true, "AWS: condition operators"},
		{"DateLessThan", "2026-01-01T00:00:00Z", []string{"2025-12-31T23:59:59Z"}, true, "AWS: condition operators"},
		{"DateGreaterThan", "1767225600", []string{"2026-06-01T00:00:00Z"}, true, "AWS: condition operators"},
		{"DateLessThanEquals", "2026-01-01", []string{"2025-12-31T23:00:00-01:00"}, true, "AWS: condition operators"},
		{"DateGreaterThanEquals", "2026-01-01T00:00:00.001Z", []string{"2026-01-01"}, false, "recorded"},
		{"DateNotEquals", "2026-01-01", absent, true, "AWS: condition operators"},
		{"Bool", "true", []string{"True"}, true, "recorded"},
		{"Bool", "true", absent, false, "AWS: condition operators"},
		{"BoolIfExists", "false", absent, true, "AWS: condition operators"},
		{"Bool", "false", []string{"yes"}, true, "recorded"},
		{"IpAddress", "10.0.0.0/8", []string{"10.2.3.4"}, true, "AWS: condition operators"},
		{"IpAddress", "10.0.0.0/8", []string{"2001:db8::1"}, false, "AWS: condition operators"},
		{"IpAddress", "10.0.0.0/8", []string{"::ffff:10.2.3.4"}, true, "published by users"},
		{"IpAddress", "::ffff:10.0.0.0/104", []string{"10.2.3.4"}, false, "published by users"},
		{"NotIpAddress", "10.0.0.0/8", []string{"2001:db8::1"}, true, "AWS: condition operators"},
		{"ArnLike", "arn:aws:iam::*:role/ops-*", []string{"arn:aws:iam::123456789012:role/ops-a/b"}, true, "published by users"},
		{"ArnEquals", "arn:aws:iam::*:role/ops-*", []string{"arn:aws:iam::123456789012:role/ops-a:b"}, true, "AWS: condition operators"},
		{"ArnLike", "arn:aws:*:role/ops", []string{"arn:aws:iam::123456789012:role/ops"}, false, "recorded"},
		{"ArnLike", "arn:aws:iam::*:role/ops", []string{"arn:aws:iam::123456789012:ROLE/ops"}, false, "AWS: condition operators"},
		{"ArnLike", "arn:aws:*", []string{"arn:aws:iam::1:role/x"}, false, "recorded"},
		{"ArnNotEquals", "arn:aws:iam::1:role/x", absent, true, "AWS: condition operators"},
		{"ArnNotLike", "arn:aws:iam::1:role/x", []string{"arn:aws:iam::2:role/x"}, true, "AWS: condition operators"},
		{"BinaryEquals", "QUI=", []string{"QUI="}, true, "recorded"},
		{"stringequals", "a", []string{"a"}, true, "published by users"},
		{"StringEquals", "", []string{"a"}, false, "assumed: no operands"},
		{"StringNotEquals", "", []string{"a"}, true, "assumed: no operands"},
		{"StringSortOf", "a", []string{"a"}, false, "assumed"},
		{"NullIfExists", "true", absent, false, "assumed"},
	} {
		k := keys{}
		if c.values != nil {
			k.set("aws:Key", len(c.values) != 1 || strings.HasPrefix(c.operator, "For"), c.values)
		}
		if got := condition.NewTest(c.operator, "AWS:key", strings.Fields(c.operands), true).Holds(condition.Request{Context: k}); got != c.want {
			t.Errorf("%s [%s] of %q: %v, want %v [%s]", c.operator, c.operands, c.values, got, c.want, c.source)
		}
	}
}

// What cannot be compared never gives access. [recorded: malformed ARNs; assumed:
// unknown operators]
func TestWhatCannotBeComparedHoldsInADenyAlone(t *testing.T) {
	k := keys{"aws:key": condition.One("arn:aws:iam::1:role/x")}
	for _, operator := range []string{"ArnLike", "ArnNotLike", "StringSortOf", "NullIfExists", ""} {
		test := condition.NewTest(operator, "aws:key", []string{"arn:aws:*"}, true)
		for _, deny := range []bool{false, true} {
			if test.Holds(condition.Request{Context: k, Deny: deny}) != deny {
				t.Errorf("%q, deny %v: it holds: %v", operator, deny, !deny)
			}
		}
	}
}

// [AWS: policy variables; recorded: multivalued keys; published by users: a value is
// literal]
func TestVariables(t *testing.T) {
	k := keys{
		"aws:username":          condition.One("eva"),
		"aws:principaltag/team": condition.One("*"),
		"aws:tagkeys":           condition.List("team"),
		"aws:x":                 condition.List("listed"),
	}
	for _, c := range []struct {
		text     string
		want     string // * and ? are marked with a backslash where they are literal
		resolved bool
	}{
		{"home/${aws:username}/*", "home/eva/*", true},
		{"${AWS:UserName}${aws:username}", "evaeva", true},
		{"${ aws:username }", "eva", true},
		{"${aws:PrincipalTag/Team}", `\*`, true},
		{"*${aws:PrincipalTag/team}*", `*\**`, true},
		{"${aws:missing}", "", false},
		{"${aws:missing, 'none'}", "none", true},
		{"${aws:missing,'*'}", `\*`, true},
		{"${aws:missing, none}", "", false},
		{"${aws:username, 'none'}", "eva", true},
		{"${aws:TagKeys}", "", false},
		{"${aws:TagKeys, 'none'}", "", false},
		{"${aws:PrincipalOrgPaths, 'none'}", "", false},
		{"${aws:x, 'none'}", "", false},
		{"${}", "", false},
		{"${*}${?}${$}", `\*\?$`, true},
		{"${aws:username", "${aws:username", true},
		{"$aws:username}", "$aws:username}", true},
		{"*?${aws:username}?*", "?*eva?*", true},
	} {
		p, ok := condition.Syntax{Variables: true, Wildcards: true}.ParseTemplate(c.text).Expand(k, 100)
		got := strings.NewReplacer("*", `\*`, "?", `\?`, "\xff", "*", "\xfe", "?").Replace(string(p))
		if ok != c.resolved || ok && got != c.want {
			t.Errorf("%s expands to %q, %v, want %q, %v", c.text, got, ok, c.want, c.resolved)
		}
		p, ok = condition.Syntax{}.ParseTemplate(c.text).Expand(k, 100)
		if !ok || string(p) != c.text {
			t.Errorf("without variables, %s expands to %q, %v", c.text, p, ok)
		}
	}
}

func TestVariablesDoNotGrowWithoutBound(t *testing.T) {
	k := keys{"aws:useragent": condition.One(strings.Repeat("a", 100))}
	for most, want := range map[int]bool{300: true, 299: false} {
		p, ok := condition.Syntax{Variables: true}.ParseTemplate("${aws:UserAgent}/${aws:UserAgent}/${aws:UserAgent}").Expand(k, most)
		if ok != want || ok && len(p) != 302 {
			t.Errorf("within %d bytes: %d bytes, %v", most, len(p), ok)
		}
	}
}

func TestOnlySomeOperatorsHaveVariables(t *testing.T) {
	k := keys{"aws:key": condition.One("7"), "aws:value": condition.One("7")}
	for operator, want := range map[string]bool{"StringEquals": true, "NumericEquals": false, "BinaryEquals": false} {
		if got := condition.NewTest(operator, "aws:key", []string{"${aws:value}"}, true).Holds(condition.Request{Context: k}); got != want {
			t.Errorf("%s with a variable: %v, want %v", operator, got, want)
		}
		if condition.NewTest(operator, "aws:key", []string{"${aws:value}"}, false).Holds(condition.Request{Context: k}) {
			t.Errorf("%s replaces a variable in a version without", operator)
		}
	}
}

// The usual conditions need no memory: a call is decided without garbage.
func TestConditionsDoNotAllocate(t *testing.T) {
	k := keys{
		"aws:principalarn": condition.One("arn:aws:iam::123456789012:role/ops"), "aws:sourceip": condition.One("192.0.2.1"),
		"aws:currenttime": condition.One("2026-01-01T00:00:00.5+01:00"), "aws:multifactorauthage": condition.One("17.5e1"),
		"aws:requestedregion": condition.One("eu-north-1"), "aws:tagkeys": condition.List("a", "b"),
	}
	for _, c := range []struct{ operator, key, operand string }{
		{"ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/o?s*"}, {"IpAddress", "aws:SourceIp", "192.0.2.0/24"},
		{"DateLessThan", "aws:CurrentTime", "2027-01-01"}, {"NumericLessThan", "aws:MultiFactorAuthAge", "300"},
		{"StringEquals", "aws:RequestedRegion", "eu-north-1"}, {"StringEqualsIgnoreCase", "aws:RequestedRegion", "EU-north-1"},
		{"StringLike", "aws:RequestedRegion", "*-?orth-*"}, {"ForAllValues:StringLike", "aws:TagKeys", "*"}, {"Null", "aws:TagKeys", "false"},
	} {
		test := condition.NewTest(c.operator, c.key, []string{c.operand}, true)
		r := condition.Request{Context: k}
		if !test.Holds(r) {
			t.Errorf("%s does not hold", c.operator)
		}
		if n := testing.AllocsPerRun(10, func() { test.Holds(r) }); n != 0 {
			t.Errorf("%s allocates %.0f times", c.operator, n)
		}
	}
}

// The lower-case forms of two texts can be equal although one is three times as long.
// [Unicode Standard]
func TestFormsOfOtherLengthsAreEqual(t *testing.T) {
	k := keys{"aws:key": condition.One(strings.Repeat("\u212A", 50))} // the sign of Kelvin
	for operand, want := range map[string]bool{strings.Repeat("k", 50): true, strings.Repeat("K", 49): false, "k": false} {
		if got := condition.NewTest("StringEqualsIgnoreCase", "aws:key", []string{operand}, true).Holds(condition.Request{Context: k}); got != want {
			t.Errorf("%s: %v, want %v", operand, got, want)
		}
	}
}

// TestANegatedOperatorIsTheComplement: of an operator and its negation exactly one holds
// for a value that can be compared, and neither for one that cannot.
func TestANegatedOperatorIsTheComplement(t *testing.T) {
	values := rapid.SampledFrom([]string{
		"", "a", "A", "é", "É", "*", "true", "7", "7.0", "-1e3", "2026-01-01", "2026-01-01T00:00:00Z", "192.0.2.1", "2001:db8::1",
		"arn:aws:iam::1:role/a", "arn:aws:iam::2:role/b", "YQ==",
	})
	operands := rapid.SliceOfN(rapid.SampledFrom([]string{
		"", "a", "?", "*", "${aws:other}", "${aws:absent}", "true", "7", "8e0", "x", "2026-01-01", "192.0.2.0/24", "2001:db8::/32", "arn:aws:iam::*:role/?", "${aws:other}", "YQ==",
	}), 0, 3)
	outcomes := map[bool]int{}
	rapid.Check(t, func(rt *rapid.T) {
		for _, o := range condition.Operators() {
			name := strings.Replace(o.Name, "Not", "", 1)
			if !o.Negated {
				continue
			}
			value, list := values.Draw(rt, "value"), operands.Draw(rt, "operands")
			r := condition.Request{Context: keys{"aws:key": condition.One(value), "aws:other": condition.One(values.Draw(rt, "other"))}, Deny: rapid.Bool().Draw(rt, "deny")}
			positive, negated := condition.NewTest(name, "aws:key", list, true).Holds(r), condition.NewTest(o.Name, "aws:key", list, true).Holds(r)
			comparable := o.OperandType != condition.Network && o.OperandType != condition.ARN
			if positive == negated && comparable {
				rt.Fatalf("%s and %s %q of %q are both %v", name, o.Name, list, value, positive)
			}
			// A malformed operand holds in a Deny, a malformed value never.
			if positive && negated && !r.Deny {
				rt.Fatalf("%s and %s %q of %q both hold", name, o.Name, list, value)
			}
			outcomes[positive]++
		}
	})
	if outcomes[true] == 0 || outcomes[false] == 0 {
		t.Errorf("the conditions are one-sided: %v", outcomes)
	}
}

// FuzzHolds: any operand and any value can be compared with every operator, and what a
// Deny holds back an Allow does not give: if both differ, it is the Deny that holds.
func FuzzHolds(f *testing.F) {
	for _, seed := range [][2]string{
		{"2030-01-01T00:00:00.1231+23:59", "+1893456000"}, {"-0.0e2147483647", "1e-2147483648"}, {"::ffff:1.2.3.4/0", "000.0.0.0"}, {"arn:*:?:${aws:key}:*", "arn:::::"},
		{"ΟΣ'", "ος'"}, {"*😀?", "\xff😀"}, {"${aws:key, 'x'}${*}", "x*"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, operand, value string) {
		k := keys{"aws:key": condition.One(value), "aws:list": condition.List(value, operand)}
		for _, o := range condition.Operators() {
			for _, c := range []struct {
				set condition.Set
				key string
			}{{condition.SingleValue, "aws:key"}, {condition.ForAllValues, "aws:list"}, {condition.ForAnyValue, "aws:list"}} {
				test := condition.NewTest(string(c.set)+o.Name, c.key, []string{operand, value}, true)
				allow, deny := test.Holds(condition.Request{Context: k}), test.Holds(condition.Request{Context: k, Deny: true})
				if allow && !deny {
					t.Fatalf("%s%s [%q %q] of %q holds in an Allow alone", c.set, o.Name, operand, value, value)
				}
				if again := test.Holds(condition.Request{Context: k}); again != allow {
					t.Fatalf("%s%s [%q %q] of %q holds once", c.set, o.Name, operand, value, value)
				}
			}
		}
	})
}
