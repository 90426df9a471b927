package authz

import (
	"strings"

	"accord/internal/api"
	"accord/internal/org"
	"accord/internal/policy/condition"
)

// find returns the value of a key, whose name compares without case.
func find(keys []api.ContextKey, name string) (condition.Values, bool) {
	for _, key := range keys {
		if strings.EqualFold(key.Name, name) {
			return condition.One(key.Value), true
		}
	}
	return condition.Values{}, false
}

func tagOf(tags []org.Tag, name string) (condition.Values, bool) {
	for _, tag := range tags {
		if strings.EqualFold(tag.Key, name) {
			return condition.One(tag.Value), true
		}
	}
	return condition.Values{}, false
}
