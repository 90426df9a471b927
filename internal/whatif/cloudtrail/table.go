// Package cloudtrail knows actions: which ones are worth asking about, and which ones a
// call needs that CloudTrail recorded. It reads records and makes questions of them.
//
// Both are one table, actions.json; NOTICE.md says where it is from. What a record does
// not say stays unknown: nothing is guessed.
package cloudtrail

import (
	_ "embed" // The table.
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed actions.json
var packed []byte

// Action is an action that is worth asking about.
type Action struct {
	Name string `json:"action"`
	// Reason is why: logging-off, leave-org, cost, data-delete, deploy, data-read,
	// public-access, everyday, network or privilege.
	Reason string `json:"reason,omitempty"`
	// OnResources says that policies can name resources for it.
	OnResources bool `json:"resource"`
}

type table struct {
	Prefixes   map[string]string `json:"prefixes"`
	EventRules []struct {
		Sources []string `json:"sources"`
		Regex   string   `json:"regex"`
		pattern *regexp.Regexp
	} `json:"event_rules"`
	ParameterRules []struct {
		Action, When, Then string
	} `json:"parameter_rules"`
	NoPermission []struct {
		Source, Event string
	} `json:"no_permission"`
	NoAction struct {
		Sources    []string `json:"sources"`
		EventTypes []string `json:"eventTypes"`
		Events     []string `json:"events"`
	} `json:"no_action"`
	Differences []difference        `json:"differences"`
	Resources   []template          `json:"resources"`
	Actions     map[string][]Action `json:"actions"`

	differences map[eventKey]*difference
	templates   map[string]*template // by action in lower case
	actions     map[string]Action    // by name in lower case
	all         []Action
}

// eventKey is the source and the name of an event in lower case: names compare without
// case, as those of actions do.
type eventKey struct{ source, event string }

// difference is an event whose actions are not its name.
type difference struct {
	Source  string   `json:"source"`
	Event   string   `json:"event"`
	Actions []string `json:"actions"`
	// Match "any" says that one of the actions applies, and the record does not say which.
	Match string `json:"match"`
	// Also are actions on another resource, which the record may not name.
	Also []string `json:"also"`
}

// template is how the resource of an action is named by the parameters of its call.
type template struct {
	Action  string `json:"action"`
	ARN     string `json:"arn"`
	Partial string `json:"partial"`
}

var read = sync.OnceValue(func() *table {
	t := &table{differences: map[eventKey]*difference{}, templates: map[string]*template{}, actions: map[string]Action{}}
	if err := json.Unmarshal(packed, t); err != nil {
		panic("cloudtrail: " + err.Error())
	}
	for i := range t.EventRules {
		t.EventRules[i].pattern = regexp.MustCompile(t.EventRules[i].Regex)
	}
	for i := range t.Differences {
		d := &t.Differences[i]
		t.differences[eventKey{strings.ToLower(d.Source), strings.ToLower(d.Event)}] = d
	}
	for i := range t.Resources {
		t.templates[strings.ToLower(t.Resources[i].Action)] = &t.Resources[i]
	}
	for _, list := range t.Actions {
		for _, a := range list {
			t.actions[strings.ToLower(a.Name)] = a
			t.all = append(t.all, a)
		}
	}
	slices.SortFunc(t.all, func(a, b Action) int { return strings.Compare(a.Name, b.Name) })
	return t
})

// Actions are the sensitive and everyday actions that are asked about by default, by
// their names. They must not be changed.
func Actions() []Action { return read().all }

// ActionNamed is an action by its name. One that the table does not have may be on
// resources.
func ActionNamed(name string) Action {
	if known, is := read().actions[strings.ToLower(name)]; is {
		return known
	}
	_, hasTemplate := read().templates[strings.ToLower(name)]
	service, _, _ := strings.Cut(name, ":")
	return Action{Name: name, OnResources: hasTemplate || service != "organizations"}
}

// asksNothing reports whether a record is of something that no policy decides, such as a
// sign-in to the console.
func (t *table) asksNothing(r *Record) bool {
	return r.EventType != "" && r.EventType != "AwsApiCall" || r.EventCategory == "NetworkActivity" || r.EventCategory == "Insight" ||
		slices.Contains(t.NoAction.EventTypes, r.EventType) || slices.Contains(t.NoAction.Sources, r.EventSource) || slices.Contains(t.NoAction.Events, r.EventName)
}

func (t *table) needsNoPermission(source, event string) bool {
	for _, n := range t.NoPermission {
		if n.Source == source && strings.EqualFold(n.Event, event) {
			return true
		}
	}
	return false
}

// eventName is the name of an event without the date of an older API.
func (t *table) eventName(source, event string) string {
	for _, rule := range t.EventRules {
		if m := rule.pattern.FindStringSubmatch(event); m != nil && slices.Contains(rule.Sources, source) {
			return m[1]
		}
	}
	return event
}

// prefix is the service prefix of the actions of an event source; empty for a source that is
// none of AWS.
func (t *table) prefix(source string) string {
	if known := t.Prefixes[source]; known != "" {
		return known
	}
	name, is := strings.CutSuffix(strings.TrimSuffix(source, ".cn"), ".amazonaws.com")
	if !is || name == "" || strings.ContainsAny(name, " :*/") {
		return ""
	}
	return name
}
