package policies

import (
	"net/http"
	"net/url"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/org"
	"accord/internal/whatif/change"
)

// Draft is what the page of a new policy shows.
type Draft struct {
	Ground
	Kind Kind
	// Start is the document that it begins with.
	Start string
	// Choices are the targets that it can be tried on.
	Choices []chart.Place
	// Trial says what it would do; nil if that is not asked.
	Trial *Trial
}

// PageTitle is the title of the page.
func (Draft) PageTitle() string { return "New policy" }

// ShowNew shows the form for a policy of the type of the address.
func ShowNew(v *visit.Visit) (any, error) {
	d := Draft{}
	var err error
	if d.Ground, err = survey(v); err != nil {
		return d, err
	}
	d.Kind = find(d.Kinds, v.URL.Query().Get("type"))
	d.Start = Start(org.PolicyType(d.Kind.Type))
	if d.Root != nil {
		d.Choices, err = chart.Targets(v, d.Organization, *d.Root)
	}
	d.Trial, _ = v.Result.(*Trial)
	return d, err
}

// ActOnNew makes a policy, or says what it would do at a target.
func ActOnNew(v *visit.Visit) (to string, err error) {
	if v.PostFormValue("do") != "create" {
		return "", visit.ErrUnknownForm
	}
	kind, name := v.PostFormValue("type"), v.PostFormValue("name")
	if v.PostFormValue("try") != "" {
		return "", tryNew(v, kind, name)
	}
	in := map[string]any{"Type": kind, "Name": name, "Description": v.PostFormValue("description"), "Content": document(v)}
	if tags := tagsOf(v.PostFormValue("tags")); tags != nil {
		in["Tags"] = tags
	}
	var made struct {
		Policy struct{ PolicySummary Policy }
	}
	if err := v.Call("CreatePolicy", in, &made); err != nil {
		return "", atField(err)
	}
	here := "/policies/" + url.PathEscape(made.Policy.PolicySummary.ID)
	if target, err := meant(v, strings.TrimSpace(v.PostFormValue("target"))); err == nil && target != "" {
		here += "?target=" + url.QueryEscape(target)
	}
	return v.Link(here), nil
}

// tryNew says what the policy that was entered would do at the target that was.
func tryNew(v *visit.Visit, kind, name string) error {
	if strings.TrimSpace(v.PostFormValue("target")) == "" && v.Powers {
		return &visit.Failure{Status: http.StatusBadRequest, Field: "target", Message: "Choose a root, a unit or an account to try it on: a policy that is attached to nothing changes nothing."}
	}
	if name == "" || change.IsPolicyID(name) {
		name = "new policy"
	}
	return tryEntered(v, kind, nil, func(target string) change.Change {
		return change.Change{Attach: name, Type: kind, Document: change.Document(document(v)), Target: change.Targets{target}}
	})
}

// tagsOf reads tags, KEY=VALUE, one a line.
func tagsOf(text string) (tags []chart.Tag) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		tags = append(tags, chart.Tag{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)})
	}
	return tags
}
