package inherit

import (
	"fmt"
	"strings"

	"accord/internal/org"
	"accord/internal/policy/document"
)

// CheckTags checks the tags of a resource against an effective tag policy. It
// returns the message for the first tag that the policy forbids, or "".
//
// Only policy keys that are enforced for the type of the resource count, such as
// organizations:account, by name or by ALL_SUPPORTED of its service. A tag whose
// key equals such a key except for case must be spelled as tag_key, and its value
// must be one of tag_value. Missing tags are not reported. [AWS: guide,
// enforcement of tag policies; AWS: tag policy syntax and examples, "Prevent use of a
// tag key": an empty list of values allows none]
func CheckTags(effective, resourceType string, tags []org.Tag) (violation string) {
	top, diagnostic := document.Parse(effective)
	if diagnostic != nil || len(tags) == 0 {
		return ""
	}
	if len(top.Members) == 0 {
		return ""
	}
	// The only member of an effective policy is its top-level key.
	rules := top.Members[0].Value
	enforced := make(map[string]*document.Node, len(rules.Members))
	for _, rule := range rules.Members {
		if enforces(rule.Value, resourceType) {
			enforced[rule.Name] = rule.Value
		}
	}
	for _, tag := range tags {
		rule := enforced[folded(tag.Key)]
		if rule == nil {
			continue
		}
		if key := rule.Member("tag_key"); key != nil && key.Text != tag.Key {
			return fmt.Sprintf("the key %s must be written %s", document.Quote(tag.Key), document.Quote(key.Text))
		}
		if values := rule.Member("tag_value"); values != nil && !allows(values, tag.Value) {
			return fmt.Sprintf("the key %s does not allow the value %s", document.Quote(tag.Key), document.Quote(tag.Value))
		}
	}
	return ""
}

// enforces reports whether a policy key is enforced for a type.
func enforces(rule *document.Node, resourceType string) bool {
	types := rule.Member("enforced_for")
	if types == nil {
		return false
	}
	service, _, _ := strings.Cut(resourceType, ":")
	for _, named := range types.Items {
		if named.Text == resourceType || named.Text == service+":"+wholeService {
			return true
		}
	}
	return false
}

// allows reports whether one of the values, which can have one wildcard each,
// matches the value of a tag.
func allows(values *document.Node, value string) bool {
	for _, wanted := range values.Items {
		before, behind, wild := strings.Cut(wanted.Text, "*")
		if wanted.Text == value ||
			wild && len(value) >= len(before)+len(behind) && strings.HasPrefix(value, before) && strings.HasSuffix(value, behind) {
			return true
		}
	}
	return false
}
