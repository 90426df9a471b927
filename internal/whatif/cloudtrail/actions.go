package cloudtrail

import (
	"fmt"
	"strings"

	"accord/internal/policy/wildcard"
)

// ActionsNamed are actions by their names. A name such as s3:* stands for those of the
// table that it matches.
func ActionsNamed(names []string) ([]Action, error) {
	all := []Action{}
	seen := map[string]bool{}
	add := func(a Action) {
		if !seen[strings.ToLower(a.Name)] {
			seen[strings.ToLower(a.Name)] = true
			all = append(all, a)
		}
	}
	for i, name := range names {
		service, operation, ok := strings.Cut(name, ":")
		switch {
		case !ok || service == "" || operation == "" || strings.ContainsAny(name, " \t\"{}[],"):
			return nil, fmt.Errorf("entry %d: %.80q is not an action such as s3:PutBucketPolicy", i+1, name)
		case strings.ContainsAny(name, "*?"):
			pattern := wildcard.Compile(strings.ToLower(name))
			before := len(all)
			for _, a := range Actions() {
				if pattern.Match(strings.ToLower(a.Name)) {
					add(a)
				}
			}
			if len(all) == before {
				return nil, fmt.Errorf("entry %d: %.80q matches no action that Accord knows; name the actions", i+1, name)
			}
		default:
			add(ActionNamed(name))
		}
	}
	return all, nil
}

// ParseActions reads the names of actions, separated by commas, white space and line
// breaks. What follows a # in a line is a comment.
func ParseActions(text string) ([]Action, error) {
	var names []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		names = append(names, strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })...)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no action is named")
	}
	return ActionsNamed(names)
}
