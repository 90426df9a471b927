package condition

// Context gives the values of the condition keys of a request. Only keys that decide
// something are asked for, so that a value is computed when it is needed.
type Context interface {
	// Value returns the values of a key, and false if the request does not have it. The
	// key is in lower case, also the part after a slash: names of keys, and of the tags
	// in them, compare without case. [AWS: condition keys]
	Value(key string) (Values, bool)
}

// Values are the values of one key. Whether a key is multivalued is a property of the
// key and not of the number of its values. [recorded]
type Values struct {
	single      string
	list        []string
	multivalued bool
	unknown     bool
}

// One is the value of a single-valued key.
func One(value string) Values { return Values{single: value} }

// List is the values of a multivalued key; there may be one, or none.
func List(values ...string) Values { return Values{list: values, multivalued: true} }

// Unknown is what a Context answers, with false, for a key that the request may have: it
// does not know. Holds takes the key for a missing one; Try tells them apart.
func Unknown() Values { return Values{unknown: true} }

// IsUnknown reports whether these are no values, but that of a key that is not known.
func (v Values) IsUnknown() bool { return v.unknown }

// Longest is the length of the longest value in bytes.
func (v Values) Longest() int {
	longest := len(v.single)
	for _, value := range v.list {
		longest = max(longest, len(value))
	}
	return longest
}

// All are the values.
func (v Values) All() []string {
	all := make([]string, v.len())
	for i := range all {
		all[i] = v.at(i)
	}
	return all
}

func (v Values) len() int {
	if v.multivalued {
		return len(v.list)
	}
	return 1
}

func (v Values) at(i int) string {
	if v.multivalued {
		return v.list[i]
	}
	return v.single
}

// multivalued are the multivalued keys of AWS, in lower case. [AWS: global condition
// context keys; keys of STS]
var multivalued = map[string]bool{
	"aws:calledvia": true, "aws:principalorgpaths": true, "aws:principalservicenameslist": true, "aws:resourceorgpaths": true,
	"aws:sourceorgpaths": true, "aws:tagkeys": true, "aws:vpceorgpaths": true, "sts:transitivetagkeys": true,
}

// IsMultivalued reports whether a key, in lower case, is one of AWS with several values.
func IsMultivalued(key string) bool { return multivalued[key] }
