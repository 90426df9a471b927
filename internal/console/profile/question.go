package profile

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/explain"
)

// Question is a call that the page is asked about, with the answer; nil if nothing is asked.
type Question struct {
	Principal, Action, Resource, Context string
	Answer                               *explain.Explanation
	// Steps are the layers of the answer, levels of the same kind together.
	Steps []Step
	// Refused is why there is no answer.
	Refused string
}

// Step is a kind of layer, in the order of the decision.
type Step struct {
	Name   string
	Levels []explain.Layer
}

// worst are the outcomes, the one first that decides if a level has it.
var worst = []string{"denies", "does not allow", "depends", "allows"}

// Outcome is what all levels amount to.
func (s Step) Outcome() string {
	for _, outcome := range worst {
		if slices.ContainsFunc(s.Levels, func(l explain.Layer) bool { return l.Outcome == outcome }) {
			return outcome
		}
	}
	return "does not apply"
}

// Why is why the step does not apply; empty if it does.
func (s Step) Why() string {
	if s.Outcome() != "does not apply" {
		return ""
	}
	return s.Levels[0].Why
}

// ask explains a call.
func ask(v *visit.Visit, id string, query url.Values) (Question, error) {
	q := Question{Principal: query.Get("principal"), Action: query.Get("action"), Resource: query.Get("resource"), Context: query.Get("context")}
	if q.Action == "" || !v.Powers {
		return q, nil
	}
	asked := url.Values{"account": {id}, "principal": {q.Principal}, "action": {q.Action}, "resource": {q.Resource}, "context": lines(q.Context)}
	var answer explain.Explanation
	err := v.Admin(http.MethodGet, "/explain?"+asked.Encode(), nil, &answer)
	var f *visit.Failure
	if errors.As(err, &f) && f.Status < http.StatusInternalServerError {
		q.Refused = f.Message
		return q, nil
	}
	if err != nil {
		return q, err
	}
	q.Answer = &answer
	for _, l := range answer.Layers {
		if n := len(q.Steps); n == 0 || q.Steps[n-1].Name != l.Layer {
			q.Steps = append(q.Steps, Step{Name: l.Layer})
		}
		last := &q.Steps[len(q.Steps)-1]
		last.Levels = append(last.Levels, l)
	}
	return q, nil
}

// lines are the lines of a text that are not empty.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
