package profile

import (
	"net/http"
	"net/url"
	"strings"

	"accord/internal/console/chart"
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
		return chart.SetTag(v, id, field("key"), field("value"))
	case "untag":
		return chart.RemoveTag(v, id, field("key"))
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
