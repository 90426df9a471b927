package seed

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/spelling"
)

// form is what the text of a member has to be: one of values, or what matches the
// pattern. A number is from min to max.
type form struct {
	values  []string
	pattern *regexp.Regexp
	// example is a text that matches the pattern.
	example  string
	min, max int64
}

// forms is THE table of forms, by the name that the fields of the types give in their
// tag form. The reader checks them, and the JSON schema shows them.
var forms = map[string]form{
	"accountId":      {pattern: regexp.MustCompile(`^[0-9]{12}$`), example: "111111111111"},
	"organizationId": {pattern: regexp.MustCompile(`^o-[a-z0-9]{10,32}$`), example: "o-exampleorgid"},
	"parentId":       {pattern: regexp.MustCompile(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`), example: "ou-ab12-11112222"},
	"policyId":       {pattern: regexp.MustCompile(`^r?p-[0-9a-zA-Z_]{4,128}$`), example: "p-examplepolicy"},
	"handshakeId":    {pattern: regexp.MustCompile(`^h-[0-9a-z]{8,32}$`), example: "h-examplehandshakeid111"},
	"creationId":     {pattern: regexp.MustCompile(`^car-[a-z0-9]{8,32}$`), example: "car-examplerequestid111"},
	"transferId":     {pattern: regexp.MustCompile(`^rt-[0-9a-z]{8,32}$`), example: "rt-exampletransfer"},

	"featureSet":     {values: texts(orgapi.OrganizationFeatureSet("").Values())},
	"partition":      {values: texts(ident.Partitions())},
	"policyType":     {values: texts(orgapi.PolicyType("").Values())},
	"accountState":   {values: texts(orgapi.AccountState("").Values())},
	"joinedMethod":   {values: texts(orgapi.AccountJoinedMethod("").Values())},
	"handshakeKind":  {values: []string{"INVITE", "ENABLE_ALL_FEATURES"}},
	"handshakeState": {values: texts(orgapi.HandshakeState("").Values())},
	"answerState":    {values: []string{"OPEN", "ACCEPTED", "DECLINED", "CANCELED", "EXPIRED"}},
	"creationState":  {values: texts(orgapi.CreateAccountState("").Values())},
	"failureReason":  {values: texts(orgapi.CreateAccountFailureReason("").Values())},
	"transferStatus": {values: texts(orgapi.ResponsibilityTransferStatus("").Values())},
	"count":          {min: 1, max: MaxAccounts},
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// CheckForm says what is wrong with a text for a member with a form of the table; nothing if it
// has the form.
func CheckForm(name, text string) string {
	known, is := forms[name]
	if !is {
		panic("seed: there is no form " + name)
	}
	return known.check(text)
}

// check says what is wrong with a text; nothing if it has the form.
func (f form) check(text string) string {
	switch {
	case f.values != nil && !slices.Contains(f.values, text):
		if suggestion := spelling.Suggest(text, f.values); suggestion != "" {
			return fmt.Sprintf("%.80q is not one of its values%s", text, suggestion)
		}
		return fmt.Sprintf("%.80q is not one of %s", text, strings.Join(f.values, ", "))
	case f.pattern != nil && !f.pattern.MatchString(text):
		return fmt.Sprintf("%.80q has not the form of such an ID, for example %s", text, f.example)
	}
	return ""
}
