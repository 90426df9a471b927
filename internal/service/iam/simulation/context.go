package simulation

import (
	"maps"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// keys are the condition keys of a simulation, by their names in lower case: those of the
// entries, and one that each simulation has. They are a condition.Context.
type keys map[string]condition.Values

// Value gives the values of a key. [condition.Context]
func (k keys) Value(key string) (condition.Values, bool) {
	values, present := k[key]
	return values, present
}

// userID is the key that each simulation has, and nobody the value of it without a caller.
// [recorded]
const (
	userID = "aws:userid"
	nobody = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"
)

// forms are the types of entries whose values have a form, with what the error calls it.
// All texts are booleans. [recorded]
var forms = map[iamapi.ContextKeyTypeEnum]struct {
	operand condition.OperandType
	name    string
}{
	iamapi.ContextKeyTypeEnumNumeric: {condition.Number, "numeric format"},
	iamapi.ContextKeyTypeEnumDate:    {condition.Date, "DateTime format"},
	iamapi.ContextKeyTypeEnumIp:      {condition.Network, "IP address"},
	iamapi.ContextKeyTypeEnumBinary:  {condition.Binary, "base-64 encoded binary format"},
}

// listSuffix ends the types of multivalued keys.
const listSuffix = "List"

// contextOf reads the entries of an input. Given are those alone.
func contextOf(entries []iamapi.ContextEntry, caller *string) (all, given keys, err error) {
	given = keys{}
	for i := range entries {
		if err := given.add(&entries[i]); err != nil {
			return nil, nil, err
		}
	}
	all = keys{userID: condition.One(nobody)}
	if caller != nil {
		all[userID] = condition.One(*caller)
	}
	maps.Copy(all, given)
	return all, given, nil
}

// add reads an entry; one without anything is none. [recorded, with the order of the checks
// assumed]
func (k keys) add(e *iamapi.ContextEntry) error {
	switch {
	case e.ContextKeyName == nil && e.ContextKeyType == nil && e.ContextKeyValues == nil:
		return nil
	case e.ContextKeyName == nil:
		return invalid(iamapi.TextInvalidInputNoContextKey)
	case e.ContextKeyType == nil:
		return invalid(iamapi.TextInvalidInputContextType, *e.ContextKeyName)
	case len(e.ContextKeyValues) == 0:
		return invalid(iamapi.TextInvalidInputNoContextValues, *e.ContextKeyName)
	}
	single, list := strings.CutSuffix(string(*e.ContextKeyType), listSuffix)
	if n := len(e.ContextKeyValues); !list && n > 1 {
		return invalid(iamapi.TextInvalidInputOneContextValue, *e.ContextKeyType, n)
	}
	if form, has := forms[iamapi.ContextKeyTypeEnum(single)]; has {
		for _, value := range e.ContextKeyValues {
			if form.operand.Check(value) != "" || strings.Contains(value, "${") {
				return invalid(iamapi.TextInvalidInputContextValue, *e.ContextKeyName, form.name)
			}
		}
	}
	key := strings.ToLower(*e.ContextKeyName)
	if _, twice := k[key]; twice {
		return invalid(iamapi.TextInvalidInputDuplicateContextKey, *e.ContextKeyName)
	}
	if list {
		k[key] = condition.List(e.ContextKeyValues...)
	} else {
		k[key] = condition.One(e.ContextKeyValues[0])
	}
	return nil
}

// keysOf are the keys that policies ask for, each once, but those that are given.
func keysOf(policies []*evaluate.Named, given keys) []string {
	list, known := []string{}, map[string]bool{}
	for _, p := range policies {
		for _, name := range p.Keys() {
			key := strings.ToLower(name)
			if _, has := given[key]; !has && !known[key] {
				known[key], list = true, append(list, name)
			}
		}
	}
	return list
}
