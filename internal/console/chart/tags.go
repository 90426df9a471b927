package chart

import (
	"strings"

	"accord/internal/console/visit"
)

// SetTag gives a resource a tag. A refusal is at the field that it is about.
func SetTag(v *visit.Visit, resource, key, value string) error {
	tags := []map[string]string{{"Key": key, "Value": value}}
	err := v.Call("TagResource", map[string]any{"ResourceId": resource, "Tags": tags}, nil)
	if err != nil && strings.Contains(err.Error(), "value") && !strings.Contains(err.Error(), "key") {
		return visit.At("value", err)
	}
	return visit.At("key", err)
}

// RemoveTag removes a tag of a resource.
func RemoveTag(v *visit.Visit, resource, key string) error {
	return v.Call("UntagResource", map[string]any{"ResourceId": resource, "TagKeys": []string{key}}, nil)
}
