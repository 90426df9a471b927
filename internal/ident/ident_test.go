package ident_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"accord/internal/ident"
)

// makers make one identifier of each kind, with the form that AWS documents.
var makers = []struct {
	name string
	form *regexp.Regexp
	make func(s *ident.Source) string
}{
	{"account", regexp.MustCompile(`^[1-9][0-9]{11}$`), func(s *ident.Source) string { return string(s.Account()) }},
	{"organization", regexp.MustCompile(`^o-[a-z0-9]{10}$`), func(s *ident.Source) string { return string(s.Organization()) }},
	{"root", regexp.MustCompile(`^r-[a-z0-9]{4}$`), func(s *ident.Source) string { return string(s.Root()) }},
	{"unit", regexp.MustCompile(`^ou-ab12-[a-z0-9]{8}$`), func(s *ident.Source) string { return string(s.Unit("r-ab12")) }},
	{"handshake", regexp.MustCompile(`^h-[0-9a-f]{32}$`), func(s *ident.Source) string { return string(s.Handshake()) }},
	{"creation", regexp.MustCompile(`^car-[0-9a-f]{32}$`), func(s *ident.Source) string { return string(s.Creation()) }},
	{"policy", regexp.MustCompile(`^p-[a-z0-9]{8}$`), func(s *ident.Source) string { return string(s.Policy("p-")) }},
	{"policy of a type", regexp.MustCompile(`^p-95[a-z0-9]{8}$`), func(s *ident.Source) string { return string(s.Policy("p-95")) }},
	{"resource policy", regexp.MustCompile(`^rp-[a-z0-9]{8}$`), func(s *ident.Source) string { return string(s.ResourcePolicy()) }},
	{"transfer", regexp.MustCompile(`^rt-[a-z0-9]{8}$`), func(s *ident.Source) string { return string(s.Transfer()) }},
	{"UUID", regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), (*ident.Source).UUID},
}

func TestIdentifiersHaveTheirForm(t *testing.T) {
	for name, s := range map[string]*ident.Source{"random": ident.NewSource(), "seeded": ident.NewSeededSource(7)} {
		for _, m := range makers {
			for range 300 {
				if id := m.make(s); !m.form.MatchString(id) {
					t.Errorf("%s source: the %s id %q does not match %s", name, m.name, id, m.form)
					break
				}
			}
		}
	}
}

func TestASeedRepeatsItself(t *testing.T) {
	all := func(seed uint64) string {
		s, b := ident.NewSeededSource(seed), strings.Builder{}
		for _, m := range makers {
			b.WriteString(m.make(s) + "\n")
		}
		return b.String()
	}
	seen := map[string]uint64{}
	for _, seed := range []uint64{0, 1, 2, 1 << 8, 1 << 56, 1<<64 - 1} {
		ids := all(seed)
		if again := all(seed); ids != again {
			t.Errorf("the seed %d gives\n%sand then\n%s", seed, ids, again)
		}
		if other, twice := seen[ids]; twice {
			t.Errorf("the seeds %d and %d give the same", seed, other)
		}
		seen[ids] = seed
	}
}

func TestIdentifiersDoNotRepeat(t *testing.T) {
	s := ident.NewSource()
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		seen = map[ident.HandshakeID]bool{}
	)
	for range 4 {
		all.Go(func() {
			for range 500 {
				id := s.Handshake()
				mu.Lock()
				if seen[id] {
					t.Errorf("%s came twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// TestCharactersAreEquallyLikely: a source that takes bytes modulo the length of
// the alphabet gives the first characters a seventh more often.
func TestCharactersAreEquallyLikely(t *testing.T) {
	s := ident.NewSeededSource(3)
	for name, draw := range map[string]func() string{
		"digits":       func() string { return string(s.Account())[1:] },
		"hexadecimal":  func() string { return strings.TrimPrefix(string(s.Handshake()), "h-") },
		"alphanumeric": func() string { return strings.TrimPrefix(string(s.Organization()), "o-") },
	} {
		count, total := map[rune]int{}, 0
		for total < 300_000 {
			for _, c := range draw() {
				count[c]++
				total++
			}
		}
		mean := float64(total) / float64(len(count))
		for c, n := range count {
			if off := float64(n)/mean - 1; off < -0.06 || off > 0.06 {
				t.Errorf("%s: %q came %+.1f%% off the mean", name, c, 100*off)
			}
		}
	}
}

func TestARNs(t *testing.T) {
	o := ident.Owner{Partition: ident.AWS, Management: "111111111111", Organization: "o-exampleorg"}
	for got, want := range map[string]string{
		o.OrganizationARN():                                "arn:aws:organizations::111111111111:organization/o-exampleorg",
		o.RootARN("r-ab12"):                                "arn:aws:organizations::111111111111:root/o-exampleorg/r-ab12",
		o.UnitARN("ou-ab12-cdefgh34"):                      "arn:aws:organizations::111111111111:ou/o-exampleorg/ou-ab12-cdefgh34",
		o.AccountARN("222222222222"):                       "arn:aws:organizations::111111111111:account/o-exampleorg/222222222222",
		o.HandshakeARN("invite", "h-0123"):                 "arn:aws:organizations::111111111111:handshake/o-exampleorg/invite/h-0123",
		o.PolicyARN("service_control_policy", "p-1"):       "arn:aws:organizations::111111111111:policy/o-exampleorg/service_control_policy/p-1",
		o.ResourcePolicyARN("rp-1"):                        "arn:aws:organizations::111111111111:resourcepolicy/o-exampleorg/rp-1",
		o.TransferARN("inbound", "rt-1"):                   "arn:aws:organizations::111111111111:transfer/o-exampleorg/billing/inbound/rt-1",
		ident.AWS.ManagedPolicyARN("tag_policy", "p-Full"): "arn:aws:organizations::aws:policy/tag_policy/p-Full",
		ident.AWS.RootUserARN("111111111111"):              "arn:aws:iam::111111111111:root",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestPathsEndWithASlash(t *testing.T) {
	root := ident.RootPath("o-exampleorg", "r-ab12")
	unit := ident.UnitPath(ident.UnitPath(root, "ou-ab12-11111111"), "ou-ab12-22222222")
	for got, want := range map[string]string{
		root:                                    "o-exampleorg/r-ab12/",
		unit:                                    "o-exampleorg/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
		ident.AccountPath(unit, "333333333333"): "o-exampleorg/r-ab12/ou-ab12-11111111/ou-ab12-22222222/333333333333/",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestRootsAndUnitsAreParents(t *testing.T) {
	if p := ident.RootID("r-ab12").Parent(); p != "r-ab12" || !p.IsRoot() {
		t.Errorf("%s is no root", p)
	}
	if p := ident.UnitID("ou-ab12-11111111").Parent(); p != "ou-ab12-11111111" || p.IsRoot() {
		t.Errorf("%s is a root", p)
	}
}

func TestAddressesCompareWithoutTheCaseOfLatinLetters(t *testing.T) {
	for address, want := range map[ident.Email]string{
		"":                           "",
		"Owner@Example.COM":          "owner@example.com",
		"AZaz09.!#$%&'*+-/=?^_`{|}~": "azaz09.!#$%&'*+-/=?^_`{|}~",
		"[@\\]":                      "[@\\]",
		"ÄÖÜ@ÉXAMPLE.com":            "ÄÖÜ@Éxample.com",
		// KELVIN SIGN and dotted capital I fold to Latin letters in Unicode.
		"\u212aİ@x": "\u212aİ@x",
	} {
		if got := address.Key(); got != want {
			t.Errorf("%q has the key %q, want %q", address, got, want)
		}
		if again := ident.Email(want).Key(); again != want {
			t.Errorf("the key %q has the key %q", want, again)
		}
	}
}

func TestAccountIDsHaveTwelveDigits(t *testing.T) {
	for id, want := range map[ident.AccountID]bool{
		"012345678901": true, "": false, "12345678901": false, "0123456789012": false, "12345678901x": false, "１２３４５６７８９０１２": false,
	} {
		if id.Valid() != want {
			t.Errorf("%q: %t", id, !want)
		}
	}
}
