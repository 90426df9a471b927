package files

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"accord/internal/clone"
)

// Read is when the calls were made: when the reading was finished, or the newest file.
func (f *Folder) Read() time.Time { return f.read }

// Call answers from the files.
func (f *Folder) Call(_ context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	o := clone.Find(operation)
	if saved := f.calls[fileOf(operation, in)]; saved != nil {
		if saved.Error != nil {
			return nil, saved.Error
		}
		return saved.Output, nil
	}
	if one, is := f.ones[operation+" "+in.Subject()]; is {
		return json.Marshal(map[string]json.RawMessage{o.Result: one})
	}
	list, found := f.list(operation, in)
	if !found {
		return nil, &clone.Missing{Command: command(operation, in)}
	}
	return json.Marshal(map[string][]json.RawMessage{o.Result: list})
}

// list is the list that a call gives.
func (f *Folder) list(operation string, in clone.Input) (list []json.RawMessage, found bool) {
	filter, _ := in.Filter.(string)
	switch operation {
	case "ListPolicies":
		list, found = f.types[filter]
		return list, found
	case "ListPoliciesForTarget":
		if list, found = f.lists[operation+" "+in.TargetId]; !found {
			list, found = f.policiesFor(in.TargetId, filter)
		}
		return ofFilter(list, filter), found
	case "ListTargetsForPolicy":
		if list, found = f.lists[operation+" "+in.PolicyId]; !found {
			list, found = f.targetsOf(in.PolicyId)
		}
		return list, found
	case "ListHandshakesForAccount":
		// They are in no file of their own: the command prints what that of the
		// organization prints.
		return []json.RawMessage{}, f.lists["ListHandshakesForOrganization "] != nil
	case "ListHandshakesForOrganization":
		if in.Subject() != "" {
			return []json.RawMessage{}, true
		}
	case "ListAccounts":
		if f.lists["ListAccounts "] == nil && len(f.accounts.ids) > 0 {
			list, _ = f.accounts.below("", map[string]string{})
			return list, true
		}
	case "ListAccountsForParent":
		if list, found = f.lists[operation+" "+in.ParentId]; !found {
			// All accounts are known, so all of a parent are if all parents are.
			list, found = f.accounts.below(in.ParentId, f.parent)
			found = found && f.lists["ListAccounts "] != nil || f.listed["ACCOUNT "+in.ParentId]
		}
		return list, found
	case "ListOrganizationalUnitsForParent":
		if list, found = f.lists[operation+" "+in.ParentId]; !found {
			list, _ = f.units.below(in.ParentId, f.parent)
			found = f.listed["ORGANIZATIONAL_UNIT "+in.ParentId]
		}
		return list, found
	}
	list, found = f.lists[operation+" "+in.Subject()]
	return list, found
}

// policiesFor are the policies of a target, if the targets of all policies are there.
func (f *Folder) policiesFor(target, filter string) (found []json.RawMessage, all bool) {
	for _, policy := range f.types[filter] {
		targets, known := f.lists["ListTargetsForPolicy "+idOf(policy)]
		if !known {
			return nil, false
		}
		for _, text := range targets {
			var t struct{ TargetId string }
			if json.Unmarshal(text, &t) == nil && t.TargetId == target {
				found = append(found, policy)
			}
		}
	}
	return found, len(f.types[filter]) > 0
}

// targetsOf are the targets of a policy, if the policies of all targets are there.
func (f *Folder) targetsOf(policy string) (found []json.RawMessage, all bool) {
	targets := append(append([]string{}, f.units.ids...), f.accounts.ids...)
	for _, root := range f.lists["ListRoots "] {
		targets = append(targets, idOf(root))
	}
	for _, target := range targets {
		policies, known := f.lists["ListPoliciesForTarget "+target]
		if !known {
			return nil, false
		}
		if slices.ContainsFunc(policies, func(text json.RawMessage) bool { return idOf(text) == policy }) {
			// An ID has no character that JSON escapes.
			found = append(found, json.RawMessage(`{"TargetId":"`+target+`"}`))
		}
	}
	return found, len(targets) > 0
}

// idOf is the ID of an entry of a list.
func idOf(text json.RawMessage) string {
	var p placed
	if json.Unmarshal(text, &p) != nil {
		return ""
	}
	return p.Id
}

// ofFilter are the policies of a type.
func ofFilter(list []json.RawMessage, filter string) []json.RawMessage {
	found := []json.RawMessage{}
	for _, text := range list {
		var p struct{ Type string }
		if json.Unmarshal(text, &p) == nil && p.Type == filter {
			found = append(found, text)
		}
	}
	return found
}

// command is how the AWS CLI makes a call.
func command(operation string, in clone.Input) string {
	service := "organizations"
	if operation == "GetCallerIdentity" {
		service = "sts"
	}
	words := []string{"aws", service, kebab(operation)}
	for _, parameter := range []struct{ name, value string }{
		{"account-id", in.AccountId}, {"parent-id", in.ParentId}, {"policy-id", in.PolicyId}, {"resource-id", in.ResourceId}, {"target-id", in.TargetId}, {"type", in.Type},
	} {
		if parameter.value != "" {
			words = append(words, "--"+parameter.name, parameter.value)
		}
	}
	if filter, is := in.Filter.(string); is {
		words = append(words, "--filter", filter)
	}
	return strings.Join(words, " ")
}

// word is where a word of the name of an operation begins.
var word = regexp.MustCompile(`AWS|[A-Z][a-z]+`)

func kebab(operation string) string {
	return strings.ToLower(strings.Join(word.FindAllString(operation, -1), "-"))
}
