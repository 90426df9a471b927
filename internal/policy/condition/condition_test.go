package condition_test

import (
	"testing"
	"time"

	"accord/internal/policy/condition"
)

func TestEveryOperatorParsesInAllItsQualifiedForms(t *testing.T) {
	if n := len(condition.Operators()); n != 27 {
		t.Fatalf("%d operators, want 27", n)
	}
	for _, o := range condition.Operators() {
		for _, set := range []condition.Set{condition.SingleValue, condition.ForAllValues, condition.ForAnyValue} {
			for _, optional := range []bool{false, true} {
				want := condition.Qualified{Operator: o, Set: set, IfExists: optional}
				got, ok := condition.Parse(want.String())
				if valid := !optional || o.Name != condition.Null; ok != valid {
					t.Errorf("Parse(%q) = %v, want %v", want, ok, valid)
				} else if got != want {
					t.Errorf("Parse(%q) = %v", want, got)
				}
			}
		}
	}
}

func TestParseIgnoresCase(t *testing.T) {
	for name, want := range map[string]string{
		"stringequals":                     "StringEquals",
		"foranyvalue:STRINGlikeifexists":   "ForAnyValue:StringLikeIfExists",
		"StringSortOf":                     "",
		"IfExists":                         "",
		"StringEqualsIfExistsIfExists":     "",
		"ForAnyValue:ForAllValues:ArnLike": "",
		"ForSomeValues:StringEquals":       "",
		" StringEquals":                    "",
		"":                                 "",
		"ForAllValues:":                    "",
	} {
		q, ok := condition.Parse(name)
		if ok != (want != "") || ok && q.String() != want {
			t.Errorf("Parse(%q) = %v, %v, want %q", name, q, ok, want)
		}
	}
}

func TestOperandsMustHaveTheTypeOfTheirOperator(t *testing.T) {
	for _, c := range []struct {
		operandType condition.OperandType
		good, bad   []string
	}{
		{condition.Text, []string{"", "any", "*"}, nil},
		{condition.Boolean, []string{"", "yes", "true"}, nil},
		{condition.Number,
			[]string{"1", "01", "+1", "-1", "1.", ".5", "1.0", "1e0", "1E-7", "${aws:x}"},
			[]string{"", "NaN", "Infinity", "soon", "1e", ".", "0x1", " 1", "1 ", "1,5", "1\n"}},
		{condition.Date,
			[]string{"2030", "2030-02", "2030-01-31", "2030-01-01T00:00Z", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00.1231Z", "2030-01-01T00:00:00+05:30", "2030-01-01T00:00:00", "1767225600", "+1767225600", "${aws:x}"},
			[]string{"", "not-a-date", "2030-13", "2030-02-30", "2030-1-1", "2030-01-01T24:00:00Z", "2030-01-01T1:00:00Z", "2030-01-01 00:00:00Z", "2030-01-01T00:00:00,5Z", "99999999999999999999", "1e9"}},
		{condition.Network,
			[]string{"192.0.2.1", "192.0.2.0/24", "192.000.002.0/024", "192.0.2.0/+24", "192.0.2.5/24", "0.0.0.0/0", "2001:db8::/64", "2001:db8::5", "::ffff:192.0.2.1/120", "${aws:x}"},
			[]string{"", "not-an-ip", "192.0.2", "192.0.2.256", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/2/4", "2001:db8::/129", "fe80::1%eth0", "192..2.1", "*"}},
		{condition.ARN,
			[]string{"arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:root", "*:aws:s3:::x:y:z", "arn:::::", "${aws:x}"},
			[]string{"", "*", "not-an-arn", "arn:aws:*", "arn:aws:iam::role", "urn:aws:iam::1:role/x"}},
		{condition.Binary,
			[]string{"", "YQ==", "QUI="},
			[]string{"YQ", "Y", "YR==", "YQ=\n=", "Y Q=", "_-8="}},
	} {
		for _, text := range c.good {
			if want := c.operandType.Check(text); want != "" {
				t.Errorf("operand type %d refuses %q: want %s", c.operandType, text, want)
			}
		}
		for _, text := range c.bad {
			if c.operandType.Check(text) == "" {
				t.Errorf("operand type %d accepts %q", c.operandType, text)
			}
		}
	}
}

func TestDatesAreReadInUTCAndCutToMilliseconds(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026":                             time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"2026-01":                          time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"1767225600":                       time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"2026-01-01T05:30:00+05:30":        time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"2026-01-01T00:00":                 time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"2026-01-01T00:00:00.123999999999": time.Date(2026, 1, 1, 0, 0, 0, 123_000_000, time.UTC),
	} {
		if got, ok := condition.ParseDate(text); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseDate(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
}

func TestNetworksKeepTheirHostBits(t *testing.T) {
	for text, want := range map[string]string{
		"192.000.002.001":  "192.0.2.1/32",
		"192.0.2.5/+24":    "192.0.2.5/24",
		"000.0.0.0/00":     "0.0.0.0/0",
		"2001:db8::5/64":   "2001:db8::5/64",
		"2001:db8::1":      "2001:db8::1/128",
		"::ffff:192.0.2.1": "::ffff:192.0.2.1/128",
	} {
		if got, ok := condition.ParseNetwork(text); !ok || got.String() != want {
			t.Errorf("ParseNetwork(%q) = %v, %v, want %s", text, got, ok, want)
		}
	}
}

func FuzzOperands(f *testing.F) {
	for _, seed := range []string{"2030-01-01T00:00:00.1231Z", "192.000.002.0/+024", "1e9999", "arn:aws:*:", "YQ==", "::ffff:1.2.3.4/0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for t := condition.Text; t <= condition.Binary; t++ {
			t.Check(text)
		}
		if q, ok := condition.Parse(text); ok {
			if again, ok := condition.Parse(q.String()); !ok || again != q {
				t.Fatalf("%q reads as %v, then as %v", text, q, again)
			}
		}
		if p, ok := condition.ParseNetwork(text); ok && !p.IsValid() {
			t.Fatalf("%q gives the invalid network %v", text, p)
		}
	})
}
