package policies

import (
	"net/url"
	"strconv"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/policy"
	"accord/internal/whatif/change"
)

// List is what the page of policies shows: those of one type.
type List struct {
	Ground
	Kind Kind
	// Find filters by ID, name and description.
	Find string
	Rows []Row
	// Page counts from 1, of Pages. Whole is how many policies there are, Matching how many
	// Find lets through. With Cut there are more, which were not read.
	Page, Pages, Whole, Matching int
	Cut                          bool
	// Trial says what enabling or disabling the type would do; nil if it is not asked.
	Trial *Trial
}

// Row is a policy in a list.
type Row struct {
	Policy
	// Size is the number of characters of the document, Attached the number of targets; with
	// More there are further ones.
	Size, Attached int
	More           bool
}

// PageTitle is the title of the page.
func (l List) PageTitle() string { return "Policies" }

// Bounds on what is read for a list: pages of policies, rows of a page, and pages of targets for
// each row.
const (
	policyPages = 250
	perPage     = 25
	countPages  = 5
)

// ShowList lists the policies of the type of the address.
func ShowList(v *visit.Visit) (any, error) {
	query := v.URL.Query()
	l := List{Find: strings.TrimSpace(query.Get("find"))}
	var err error
	if l.Ground, err = survey(v); err != nil {
		return l, err
	}
	if l.Kind = find(l.Kinds, query.Get("type")); l.Root == nil {
		return l, nil
	}
	all, more, err := visit.Each[Policy](v, "ListPolicies", "Policies", map[string]any{"Filter": l.Kind.Type}, "", policyPages)
	if err != nil {
		return l, err
	}
	l.Whole, l.Cut = len(all), more != ""
	var matching []Policy
	for _, p := range all {
		if p.has(l.Find) {
			matching = append(matching, p)
		}
	}
	l.Matching = len(matching)
	l.Pages = max(1, (l.Matching+perPage-1)/perPage)
	page, _ := strconv.Atoi(query.Get("page")) // What is no number is the first page.
	l.Page = min(max(page, 1), l.Pages)
	for _, p := range matching[(l.Page-1)*perPage : min(l.Page*perPage, l.Matching)] {
		row, err := measure(v, p)
		if err != nil {
			return l, err
		}
		l.Rows = append(l.Rows, row)
	}
	if try := query.Get("try"); try == enable || try == disable {
		l.Trial, err = l.try(v, switching(try, l.Kind.Type))
	}
	return l, err
}

// has reports whether the ID, the name or the description of a policy has a text.
func (p Policy) has(text string) bool {
	text = strings.ToLower(text)
	for _, of := range []string{p.ID, p.Name, p.Description} {
		if strings.Contains(strings.ToLower(of), text) {
			return true
		}
	}
	return false
}

// measure reads how large a policy is, and to how much it is attached.
func measure(v *visit.Visit, p Policy) (Row, error) {
	_, content, err := describe(v, p.ID)
	if err != nil {
		return Row{}, err
	}
	targets, more, err := visit.Each[Target](v, "ListTargetsForPolicy", "Targets", map[string]any{"PolicyId": p.ID}, "", countPages)
	return Row{Policy: p, Size: policy.Size(content), Attached: len(targets), More: more != ""}, err
}

// At is the path of another page of the list.
func (l List) At(by int) string {
	q := url.Values{"type": {l.Kind.Type}, "page": {strconv.Itoa(l.Page + by)}}
	if l.Find != "" {
		q.Set("find", l.Find)
	}
	return "/policies?" + q.Encode()
}

// The forms of the list.
const (
	enable  = "enable"
	disable = "disable"
)

// operations are those of the forms of the list.
var operations = map[string]string{enable: "EnablePolicyType", disable: "DisablePolicyType"}

// switching is the change that a form of the list makes.
func switching(form, kind string) change.Change {
	if form == enable {
		return change.Change{Enable: kind}
	}
	return change.Change{Disable: kind}
}

// ActOnList enables or disables a policy type, or leads to what that would do.
func ActOnList(v *visit.Visit) (to string, err error) {
	form, kind := v.PostFormValue("do"), v.PostFormValue("type")
	operation, is := operations[form]
	if !is {
		return "", visit.ErrUnknownForm
	}
	here := "/policies?type=" + url.QueryEscape(kind)
	if v.PostFormValue("try") != "" {
		return v.Link(here+"&try="+form) + "#would", nil
	}
	root, err := chart.DescribeRoot(v)
	if err != nil || root == nil {
		return "", err
	}
	return v.Link(here), v.Call(operation, map[string]string{"RootId": root.ID, "PolicyType": kind}, nil)
}
