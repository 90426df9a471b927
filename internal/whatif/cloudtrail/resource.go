package cloudtrail

import (
	"strconv"
	"strings"

	"accord/internal/ident"
)

// resourcesOf are the ARNs of the resources of an action, * for an action without one, and
// an empty text for what is not known.
func (t *table) resourcesOf(action string, r *Record, owner ident.AccountID) []string {
	template := t.templates[strings.ToLower(action)]
	if template == nil {
		if known, is := t.actions[strings.ToLower(action)]; is && !known.OnResources {
			return []string{"*"}
		}
		return []string{""}
	}
	if template.Partial != "" {
		return []string{""}
	}
	arns := []string{""}
	rest := template.ARN
	for {
		before, after, found := strings.Cut(rest, "${")
		for i := range arns {
			arns[i] += before
		}
		if !found {
			return arns
		}
		variable, tail, _ := strings.Cut(after, "}")
		rest = tail
		values := valuesOf(variable, r, owner)
		var next []string
		for _, value := range values {
			if strings.HasPrefix(value, "arn:") {
				// It names the resource whole.
				next = append(next, value)
				continue
			}
			for _, arn := range arns {
				next = append(next, arn+value)
			}
		}
		switch {
		case len(values) == 0:
			return []string{""}
		case strings.HasPrefix(values[0], "arn:"):
			return next
		}
		arns = next
	}
}

// valuesOf are the values of a variable of a template; none if the record does not say it.
func valuesOf(variable string, r *Record, owner ident.AccountID) []string {
	switch variable {
	case "partition":
		return []string{partition(r)}
	case "region":
		return one(r.Region)
	case "account":
		return one(string(owner))
	}
	if of, is := strings.CutPrefix(variable, "resources["); is {
		kind, _, _ := strings.Cut(of, "]")
		var found []string
		for _, resource := range r.Resources {
			if resource.Type == kind && resource.ARN != "" {
				found = append(found, resource.ARN)
			}
		}
		return found
	}
	path, fallback, hasFallback := strings.Cut(strings.TrimPrefix(variable, "requestParameters."), "|")
	path, form, _ := strings.Cut(path, "#")
	values := walk(r.Parameters, strings.Split(path, "."))
	if len(values) == 0 && hasFallback {
		return []string{fallback}
	}
	for i := range values {
		switch form {
		case "last":
			values[i] = values[i][strings.LastIndexByte(values[i], '/')+1:]
		case "noslash":
			values[i] = strings.TrimPrefix(values[i], "/")
		}
	}
	return values
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// partition is that of the caller's ARN, or else of the Region.
func partition(r *Record) string {
	if parts := strings.SplitN(r.Identity.ARN, ":", 3); len(parts) == 3 && parts[0] == "arn" {
		return parts[1]
	}
	switch {
	case strings.HasPrefix(r.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(r.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// walk follows a path of names into a value. A name that ends in [] takes each item of a list.
func walk(value any, path []string) []string {
	if len(path) == 0 {
		switch value := value.(type) {
		case string:
			if !isShown(value) {
				return nil
			}
			return one(value)
		case float64:
			return []string{strconv.FormatFloat(value, 'f', -1, 64)}
		}
		return nil
	}
	object, is := value.(map[string]any)
	if !is {
		return nil
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	if !isList {
		return walk(object[name], path[1:])
	}
	items, _ := object[name].([]any)
	var all []string
	for _, item := range items {
		found := walk(item, path[1:])
		if len(found) == 0 {
			return nil
		}
		all = append(all, found...)
	}
	return all
}
