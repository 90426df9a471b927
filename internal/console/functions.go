package console

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"accord/internal/clientenv"
	"accord/internal/console/chart"
	"accord/internal/console/visit"
)

// functions are what templates can call.
var functions = template.FuncMap{
	"asset":    assetPath,
	"instant":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
	"day":      func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
	"machine":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"distance": distance,
	"lower":    func(text any) string { return strings.ToLower(fmt.Sprint(text)) },
	"short":    short,
	"args":     args,
	"shell":    shell,
	// outcome is an outcome of a decision as the name of a class.
	"outcome":    func(text string) string { return strings.ReplaceAll(text, " ", "-") },
	"words":      visit.Words,
	"policyType": chart.ShortType,
}

// distance is how far an instant is from another, in its two largest units: "in 14 d 3 h",
// "2 h ago".
func distance(at, from time.Time) string {
	d := at.Sub(from)
	past := d < 0
	if past {
		d = -d
	}
	text := length(d)
	switch {
	case text == "":
		return "just now"
	case past:
		return text + " ago"
	}
	return "in " + text
}

// units are those of durations, the largest first.
var units = []struct {
	name string
	is   time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}

func length(d time.Duration) string {
	var parts []string
	for _, u := range units {
		if n := d / u.is; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		}
		d %= u.is
		if len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, " ")
}

// short is the beginning of an ID that is long.
func short(id string) string {
	const most = 14
	if len(id) <= most {
		return id
	}
	return id[:most-1] + "…"
}

// args are the arguments of a template, name after name.
func args(pairs ...any) map[string]any {
	named := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		named[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return named
}

// shell are variables as commands of a shell.
func shell(variables []clientenv.Variable) string {
	var text strings.Builder
	for _, v := range variables {
		fmt.Fprintf(&text, "export %s='%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", `'\''`))
	}
	return strings.TrimSuffix(text.String(), "\n")
}
