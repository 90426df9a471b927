package policies

import (
	"net/http"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/policy"
	"accord/internal/whatif/change"
)

// Policy is a policy as the API shows it.
type Policy struct {
	ID, Arn, Name, Description, Type string
	AwsManaged                       bool
}

// Page is what the page of a policy shows.
type Page struct {
	Ground
	Policy
	Kind Kind
	// Content is the document in force. Indented says that it is shown for reading, not as it is
	// saved, and OneLine that it would be hard to read.
	Content           string
	Indented, OneLine bool
	Tags              []chart.Tag
	// Targets are a part of what it is attached to, After the token of the next part.
	Targets []Target
	After   string
	// Choices are what it can be attached to, as far as a list has place.
	Choices []chart.Place
	// Target is the one of the address, which the form for attaching begins with.
	Target string
	// Attached is the target that it was attached to just now; nil if it was not.
	Attached *Target
	// Asked is a question about an account that it binds there.
	Asked Question
	// Trial says what a change would do; nil if it is not asked.
	Trial *Trial
}

// PageTitle is the title of the page.
func (p Page) PageTitle() string { return p.Name + " · Policies" }

// Shown is the document as the page shows it.
func (p Page) Shown() string {
	if p.Indented {
		return visit.Indented([]byte(p.Content))
	}
	return p.Content
}

// readable is how long a document of one line may be that can be read.
const readable = 100

// Size is the number of characters of the document.
func (p Page) Size() int { return policy.Size(p.Content) }

// describe reads a policy with its document.
func describe(v *visit.Visit, id string) (Policy, string, error) {
	var described struct {
		Policy struct {
			PolicySummary Policy
			Content       string
		}
	}
	err := v.Call("DescribePolicy", map[string]string{"PolicyId": id}, &described)
	if visit.Is(err, "PolicyNotFoundException", "InvalidInputException", "AWSOrganizationsNotInUseException") {
		err = errUnknown
	}
	return described.Policy.PolicySummary, described.Policy.Content, err
}

// errUnknown says that there is no such policy.
var errUnknown = &visit.Failure{Status: http.StatusNotFound, Message: "The organization has no policy with this ID."}

// tagPages bounds the tags that are read: a policy has at most 50.
const tagPages = 3

// ShowPolicy reads the policy of the address.
func ShowPolicy(v *visit.Visit) (any, error) {
	p, query := Page{}, v.URL.Query()
	var err error
	if p.Policy, p.Content, err = describe(v, v.PathValue("policy")); err != nil {
		return p, err
	}
	if p.Ground, err = survey(v); err != nil {
		return p, err
	}
	p.Indented = query.Get("format") != ""
	p.OneLine = !strings.Contains(strings.TrimSpace(p.Content), "\n") && len(p.Content) > readable
	p.Kind = find(p.Kinds, p.Type)
	if p.Targets, p.After, err = targets(v, p.ID, query.Get("after")); err != nil {
		return p, err
	}
	if p.Root != nil {
		if p.Choices, err = chart.Targets(v, p.Organization, *p.Root); err != nil {
			return p, err
		}
	}
	if !p.AwsManaged {
		if p.Tags, _, err = visit.Each[chart.Tag](v, "ListTagsForResource", "Tags", map[string]any{"ResourceId": p.ID}, "", tagPages); err != nil {
			return p, err
		}
	}
	p.Target = query.Get("target")
	for i := range p.Targets {
		if t := &p.Targets[i]; t.TargetID == query.Get("attached") {
			p.Attached = t
			if p.Asked, err = ask(v, p.Organization, *t, p.Content); err != nil {
				return p, err
			}
		}
	}
	if tried, is := v.Result.(*Trial); is {
		p.Trial = tried
	} else if form := query.Get("try"); tries[form] {
		p.Trial, err = p.tryOut(v, form, p.Target)
	}
	return p, err
}

// tries are the forms that an address can ask about: what they change is in it.
var tries = map[string]bool{"attach": true, "detach": true, "delete": true}

// tryOut says what a form would do.
func (p Page) tryOut(v *visit.Visit, form, target string) (*Trial, error) {
	switch form {
	case "attach":
		return p.try(v, p.enabling(p.Kind, change.Change{Attach: p.ID, Target: change.Targets{target}})...)
	case "detach":
		return p.try(v, change.Change{Detach: p.ID, Target: change.Targets{target}})
	}
	all, more, err := visit.Each[Target](v, "ListTargetsForPolicy", "Targets", map[string]any{"PolicyId": p.ID}, "", detachPages)
	if err != nil || len(all) == 0 {
		return &Trial{}, err
	}
	detached := change.Change{Detach: p.ID}
	for _, t := range all {
		detached.Target = append(detached.Target, t.TargetID)
	}
	tried, err := p.try(v, detached)
	if tried != nil && more != "" {
		tried.Notes = append(tried.Notes, "It is attached to more targets, which were not tried.")
	}
	return tried, err
}

// detachPages bounds the targets that are detached to try the deletion of a policy.
const detachPages = 25
