package profile

import (
	"net/http"
	"net/url"
	"strings"

	"accord/internal/console/visit"
)

// Act does what a form of the page of an account asks for.
func Act(v *visit.Visit) (to string, err error) {
	id := v.PathValue("account")
	return v.Link("/organization/accounts/" + id), change(v, id, v.PostFormValue)
}

func change(v *visit.Visit, id string, field func(name string) string) error {
	switch field("do") {
	case "tag":
		tags := []map[string]string{{"Key": field("key"), "Value": field("value")}}
		return tagField(v.Call("TagResource", map[string]any{"ResourceId": id, "Tags": tags}, nil))
	case "untag":
		return v.Call("UntagResource", map[string]any{"ResourceId": id, "TagKeys": []string{field("key")}}, nil)
	case "describe":
		in := map[string]string{"id": id, "name": field("name"), "email": strings.TrimSpace(field("email"))}
		err := v.Admin(http.MethodPost, "/accounts", in, nil)
		if err != nil && strings.Contains(err.Error(), "email") {
			return visit.At("email", err)
		}
		return visit.At("name", err)
	case "state":
		return visit.At("state", v.Admin(http.MethodPatch, "/accounts/"+url.PathEscape(id), map[string]string{"state": field("state")}, nil))
	}
	return visit.ErrUnknownForm
}

// tagField puts a refusal at the key or at the value of a tag.
func tagField(err error) error {
	if err != nil && strings.Contains(err.Error(), "value") && !strings.Contains(err.Error(), "key") {
		return visit.At("value", err)
	}
	return visit.At("key", err)
}
