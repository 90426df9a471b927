package cloudtrail

import (
	"slices"
	"strings"

	"accord/internal/policy/condition"
	"accord/internal/whatif/model"
)

// parameterKeys are condition keys that a parameter of a call fills, by the event source.
// [AWS: Service Authorization Reference]
var parameterKeys = []struct{ source, parameter, key string }{
	{"ec2.amazonaws.com", "instanceType", "ec2:instancetype"},
	{"s3.amazonaws.com", "prefix", "s3:prefix"},
	{"s3.amazonaws.com", "x-amz-acl", "s3:x-amz-acl"},
	{"iam.amazonaws.com", "policyArn", "iam:policyarn"},
	{"iam.amazonaws.com", "permissionsBoundary", "iam:permissionsboundary"},
	{"sts.amazonaws.com", "externalId", "sts:externalid"},
	{"organizations.amazonaws.com", "servicePrincipal", "organizations:serviceprincipal"},
	{"organizations.amazonaws.com", "policyType", "organizations:policytype"},
}

// addParameters adds the condition keys that parameters fill.
func addParameters(keys map[string]model.Key, r *Record) {
	for _, p := range parameterKeys {
		if text, is := r.Parameters[p.parameter].(string); is && r.EventSource == p.source && isShown(text) {
			keys[p.key] = model.One(text)
		}
	}
	tags := tagsIn(r.Parameters)
	if len(tags) == 0 {
		return
	}
	var names []string
	for name, value := range tags {
		names = append(names, name)
		keys["aws:requesttag/"+strings.ToLower(name)] = model.One(value)
	}
	slices.Sort(names)
	keys["aws:tagkeys"] = model.Key{Values: condition.List(names...), Presence: model.Present}
}

// isShown reports whether CloudTrail did not hide a value.
func isShown(text string) bool { return !strings.HasPrefix(text, "HIDDEN_DUE_TO") && text != "***" }

// tagsIn are the tags that a call gives, in the forms in which services take them.
func tagsIn(parameters map[string]any) map[string]string {
	tags := map[string]string{}
	var add func(value any)
	add = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				add(item)
			}
		case map[string]any:
			key, _ := either(value, "key", "Key").(string)
			text, isTag := either(value, "value", "Value").(string)
			switch {
			case key != "" && isTag:
				tags[key] = text
			case value["items"] != nil:
				add(value["items"])
			case value["tags"] != nil:
				add(value["tags"])
			default:
				for name, v := range value {
					if text, is := v.(string); is {
						tags[name] = text
					}
				}
			}
		}
	}
	for _, name := range []string{"tags", "tagSet", "Tags", "tagSpecificationSet"} {
		add(parameters[name])
	}
	return tags
}

func either(values map[string]any, names ...string) any {
	for _, name := range names {
		if v, is := values[name]; is {
			return v
		}
	}
	return nil
}
