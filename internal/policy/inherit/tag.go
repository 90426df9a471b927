package inherit

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/policy/document"
)

// TagPolicy is the structure of tag policies. [AWS: guide; values recorded]
//
// The effective policy shows every policy key, even one without a value: its
// tag_key is then the key in lower case, and every value is allowed. [recorded]
var TagPolicy = each(text(1, 128), container(
	field{"tag_value", many(tagValue).otherwise(anyValue)},
	field{"tag_key", one(text(1, 128)).otherwise(lowerCaseKey)},
	field{"enforced_for", many(taggedType(enforceable, "enforcement")).hiddenEmpty()},
	field{requiredFor, many(taggedType(reportable, "reports of required tags")).hiddenEmpty()},
).checked(tagKeyIsPolicyKey)).checked(requiresFewTags).reportedWhole(reportTags)

const requiredFor = "report_required_tag_for"

func anyValue(string) *document.Node {
	return &document.Node{Kind: document.Array, Items: []*document.Node{{Kind: document.String, Text: "*"}}}
}

func lowerCaseKey(policyKey string) *document.Node {
	return &document.Node{Kind: document.String, Text: policyKey}
}

// tagKeyIsPolicyKey checks that tag_key spells the policy key. [AWS: guide, recorded]
func tagKeyIsPolicyKey(d *diagnostics, policyKey document.Member, parent *document.Path) {
	spellsName(d, policyKey, parent)
}

// spellsName checks that the tag_key of a container is its name except for case.
func spellsName(d *diagnostics, named document.Member, parent *document.Path) {
	key := assigned(named.Value, "tag_key")
	if key != nil && key.Kind == document.String && folded(key.Text) != folded(named.Name) {
		d.add(key, parent.Member(named.Name).Member("tag_key").Member("@@assign"),
			"the tag key %s must be the name of its block, %s, except for capital letters",
			document.Quote(key.Text), document.Quote(named.Name))
	}
}

// tagValue is a value that a tag may have. [AWS: guide, recorded]
var tagValue = constraint{violation: func(text string, _ time.Time) string {
	switch {
	case utf8.RuneCountInString(text) > 256:
		return "a tag value has at most 256 characters"
	case strings.Count(text, "*") > 1:
		return document.Quote(text) + " has more than one wildcard *"
	}
	return ""
}}

// The limits of an effective tag policy; the first also of each document. [AWS: guide,
// recorded; AWS: invalid effective policy alerts]
const (
	mostRequiredTags = 50
	mostTagBytes     = 395_000
)

// requiresFewTags checks how many policy keys of one document require their tag for a
// resource type. Entries count as they are written: ALL_SUPPORTED is one of its own.
// [AWS: invalid effective policy alerts; the error and the counting are assumed]
func requiresFewTags(d *diagnostics, tags document.Member, parent *document.Path) {
	keys := make(map[string]int)
	for _, policyKey := range tags.Value.Members {
		required := lookup(policyKey.Value, requiredFor)
		if required == nil {
			continue
		}
		named := make(map[string]bool)
		for _, operator := range required.Members {
			if by := valueOperators[folded(operator.Name)]; by != assigning && by != appending {
				continue
			}
			for i, item := range operator.Value.Items {
				if named[item.Text] {
					continue
				}
				named[item.Text] = true
				if keys[item.Text]++; keys[item.Text] > mostRequiredTags {
					at := parent.Member(tags.Name).Member(policyKey.Name).Member(requiredFor).Member(operator.Name).Item(i)
					d.add(item, at, "%s is required to have more than %d tag keys", document.Quote(item.Text), mostRequiredTags)
					return
				}
			}
		}
	}
}

// shownTagKeys is how many of too many required tag keys a report names.
const shownTagKeys = 5

// reportTags reports resource types with too many required tags, and a policy that
// is too large. [recorded]
func reportTags(r *reporter, top *document.Node) {
	reportRequiredTags(r, top)
	if size := len(r.text); size > mostTagBytes {
		r.addFrom([]string{}, CodeElementsTooMany,
			"Effective policy size is %d bytes, which exceeds the maximum limit of %d bytes", size, mostTagBytes)
	}
}

func reportRequiredTags(r *reporter, top *document.Node) {
	keys := make(map[string][]string)
	var types []string // in the order of the document
	for _, rule := range top.Members {
		required := rule.Value.Member(requiredFor)
		if required == nil {
			continue
		}
		for _, item := range required.Items {
			if keys[item.Text] == nil {
				types = append(types, item.Text)
			}
			keys[item.Text] = append(keys[item.Text], rule.Name)
		}
	}
	for _, resourceType := range types {
		required := keys[resourceType]
		if len(required) <= mostRequiredTags {
			continue
		}
		slices.Sort(required)
		r.addFrom(r.requiring(resourceType), CodeElementsTooMany,
			"Resource type '%s' has %d tags for 'report_required_tag_for', which exceeds the maximum limit of %d. Contributing tag keys include: %s and %d more",
			resourceType, len(required), mostRequiredTags, strings.Join(required[:shownTagKeys], ", "), len(required)-shownTagKeys)
	}
}

// requiring returns the policies that require tags for the resource type.
func (r *reporter) requiring(resourceType string) []string {
	return r.contributors(func(tags *part) bool {
		for _, key := range tags.parts {
			required := key.find(requiredFor)
			if required == nil {
				continue
			}
			for _, change := range required.changes {
				if change.by != removing && slices.Contains(change.values, resourceType) {
					return true
				}
			}
		}
		return false
	})
}
