package chart

import (
	"net/http"
	"strings"

	"accord/internal/console/visit"
)

// Act does what a form of the page of a node asks for.
func Act(v *visit.Visit) (to string, err error) {
	to, err = change(v, v.PathValue("node"), v.PostFormValue)
	return v.Link(to), err
}

// change changes a node, and returns the path of the page that shows what came of it.
func change(v *visit.Visit, id string, field func(name string) string) (to string, err error) {
	switch field("do") {
	case "create-unit":
		var made struct{ OrganizationalUnit Described }
		err := v.Call("CreateOrganizationalUnit", map[string]any{"ParentId": id, "Name": field("name")}, &made)
		return "/organization/" + made.OrganizationalUnit.ID, visit.At("name", err)
	case "create-account":
		return createAccount(v, field)
	}
	c, is := changes[field("do")]
	if !is {
		return "", visit.ErrUnknownForm
	}
	here := "/organization/" + id
	if c.away {
		here = "/organization/" + field("parent")
	}
	return here, visit.At(c.field, v.Call(c.operation, c.in(id, field), nil))
}

// single is a form that is one call.
type single struct {
	operation string
	in        func(id string, field func(string) string) map[string]any
	// field is the one that refusals are about. With away, the page of the parent shows what came
	// of it.
	field string
	away  bool
}

var changes = map[string]single{
	"rename": {"UpdateOrganizationalUnit", func(id string, field func(string) string) map[string]any {
		return map[string]any{"OrganizationalUnitId": id, "Name": field("name")}
	}, "name", false},
	"delete": {"DeleteOrganizationalUnit", func(id string, _ func(string) string) map[string]any {
		return map[string]any{"OrganizationalUnitId": id}
	}, "", true},
	"move": {"MoveAccount", func(id string, field func(string) string) map[string]any {
		return map[string]any{"AccountId": id, "SourceParentId": field("parent"), "DestinationParentId": strings.TrimSpace(field("to"))}
	}, "to", false},
	"close":  {"CloseAccount", accountAlone, "", false},
	"remove": {"RemoveAccountFromOrganization", accountAlone, "", true},
}

func accountAlone(id string, _ func(string) string) map[string]any {
	return map[string]any{"AccountId": id}
}

// createAccount asks for an account. One that is there at once is shown; that it could not be
// made is a refusal too.
func createAccount(v *visit.Visit, field func(string) string) (string, error) {
	var asked struct{ CreateAccountStatus Creation }
	in := map[string]any{"Email": strings.TrimSpace(field("email")), "AccountName": field("name")}
	if err := v.Call("CreateAccount", in, &asked); err != nil {
		about := "name"
		if strings.Contains(strings.ToLower(err.Error()), "email") {
			about = "email"
		}
		return "", visit.At(about, err)
	}
	switch s := asked.CreateAccountStatus; {
	case s.State == "FAILED":
		return "", &visit.Failure{
			Status: http.StatusBadRequest, Type: s.FailureReason, Message: "The account could not be created: " + s.FailureReason + ".",
			Operation: "CreateAccount", As: string(v.As), Field: "email",
		}
	case s.AccountID != "":
		return "/organization/" + s.AccountID, nil
	default:
		return "/organization", nil
	}
}
