package pages

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"accord/internal/console/visit"
)

// calls is what the page of the calls shows.
type calls struct {
	Calls []called
	// Journal says that the calls are those of the journal: also reads, and those that failed.
	Journal bool
	// Account, Operation and Outcome filter; Own shows the calls of the console too.
	Account, Operation, Outcome string
	Own                         bool
	Operations                  []string
	// AllOperations and Exceptions are what a fault can name.
	AllOperations, Exceptions []string
	Faults                    []fault
	Writes                    bool
}

// looked is how many of the newest records are looked at, and shown how many are shown.
const (
	looked = "1000"
	shown  = 50
)

func showCalls(v *visit.Visit) (any, error) {
	q := v.URL.Query()
	c := calls{Account: q.Get("account"), Operation: q.Get("operation"), Outcome: q.Get("outcome"), Own: q.Get("own") != ""}
	var about info
	if err := v.Admin(http.MethodGet, "/info", nil, &about); err != nil {
		return nil, err
	}
	c.Journal, c.Writes = about.Journal, about.Writes
	all, err := recorded(v, c.Journal)
	if err != nil {
		return nil, err
	}
	var took struct {
		Durations map[string]string `json:"durations"`
	}
	if err := v.Admin(http.MethodGet, "/durations", nil, &took); err != nil {
		return nil, err
	}
	for _, h := range all {
		if !slices.Contains(c.Operations, h.Name) {
			c.Operations = append(c.Operations, h.Name)
		}
		if c.admits(h) && len(c.Calls) < shown {
			call := newCalled(h)
			call.Duration = took.Durations[h.RequestID]
			c.Calls = append(c.Calls, call)
		}
	}
	slices.Sort(c.Operations)
	c.AllOperations, c.Exceptions = allOperations(), allExceptions()
	var list struct {
		Faults []fault `json:"faults"`
	}
	err = v.Admin(http.MethodGet, "/faults", nil, &list)
	c.Faults = list.Faults
	return c, err
}

// recorded lists the newest records, the newest first: those of the journal, or without one
// those of changes.
func recorded(v *visit.Visit, journal bool) ([]visit.Happened, error) {
	if !journal {
		return v.Records("limit=" + looked)
	}
	var list struct {
		Records []json.RawMessage `json:"records"`
	}
	if err := v.Admin(http.MethodGet, "/journal?limit="+looked, nil, &list); err != nil {
		return nil, err
	}
	var all []visit.Happened
	for _, text := range slices.Backward(list.Records) {
		h, err := visit.ReadRecord(text)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// outcomes are the values of the filter.
var outcomes = map[string]func(h visit.Happened) bool{
	"succeeded": func(h visit.Happened) bool { return h.Error == "" },
	"failed":    func(h visit.Happened) bool { return h.Error != "" },
}

// admits reports whether the filters let a call through.
func (c calls) admits(h visit.Happened) bool {
	outcome, filtered := outcomes[c.Outcome]
	return (c.Account == "" || string(h.Account) == c.Account) && (c.Operation == "" || h.Name == c.Operation) &&
		(!filtered || outcome(h)) && (c.Own || h.Agent != visit.Agent || h.Response != "" || h.Error != "")
}

// CLI is the command that makes the call again; empty for what no client calls.
func (h called) CLI() string {
	if h.Kind != "call" {
		return ""
	}
	command := "aws " + h.Source + " " + separated(h.Name, '-')
	if h.Request == "" || h.Request == "{}" {
		return command
	}
	return command + " --cli-input-json '" + strings.ReplaceAll(members(h.Request), "'", `'\''`) + "'"
}

// Boto3 is the same for Python.
func (h called) Boto3() string {
	if h.Kind != "call" {
		return ""
	}
	arguments := ""
	if h.Request != "" && h.Request != "{}" {
		arguments = "**json.loads('''" + strings.ReplaceAll(members(h.Request), `\`, `\\`) + "''')"
	}
	return "import boto3, json\n\nboto3.client(\"" + h.Source + "\")." + separated(h.Name, '_') + "(" + arguments + ")"
}

// separated is the name of an operation in lower case with a separator between its words.
func separated(name string, by rune) string {
	var text strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		before := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if before {
			text.WriteRune(by)
		}
		text.WriteRune(unicode.ToLower(r))
	}
	return text.String()
}

// members are the parameters of a record with the names that the API gives them: those of
// records begin in lower case.
func members(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	b, err := json.Marshal(capital(value))
	if err != nil {
		return text
	}
	return string(b)
}

func capital(value any) any {
	switch v := value.(type) {
	case map[string]any:
		named := map[string]any{}
		for name, member := range v {
			if name != "" {
				name = strings.ToUpper(name[:1]) + name[1:]
			}
			named[name] = capital(member)
		}
		return named
	case []any:
		for i := range v {
			v[i] = capital(v[i])
		}
	}
	return value
}
