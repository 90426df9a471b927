package states

import (
	"net/http"
	"strconv"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/service/importing"
)

// imports is what the page of imports shows.
type imports struct {
	importing.Status
	Writes bool
	// Drift is what has changed in the source, if that was asked for.
	Drift *Difference
	// From is "aws", or "endpoint" for another server; the fields of the form are those of the
	// last import, without its secrets.
	From string
}

// ShowImports shows the import that runs, or what came of the last one.
func ShowImports(v *visit.Visit) (any, error) {
	var i imports
	var answer struct {
		importing.Status
		Drift *Difference `json:"drift"`
		More  int         `json:"more"`
	}
	err := v.Admin(http.MethodGet, "/imports?limit="+strconv.Itoa(mostShown), nil, &answer)
	if err != nil {
		return nil, err
	}
	if i.Status, i.Drift, i.From = answer.Status, answer.Drift, "endpoint"; i.Drift != nil {
		i.Drift.More = answer.More
	}
	if answer.Request.Source.From == importing.FromAWS {
		i.From = importing.FromAWS
	}
	i.Writes, err = v.Writes()
	return i, err
}

// Compares reports whether the last import was a comparison.
func (i imports) Compares() bool { return i.Kind == importing.Compare }

// Percent is how much of what is known by now was read.
func (i imports) Percent() int {
	if i.Of == 0 {
		return 0
	}
	return 100 * i.Done / i.Of
}

// secrets are the fields that are never filled in again.
var secrets = []string{"secretAccessKey", "sessionToken", "maskKey"}

// ActOnImports begins an import or a comparison, or ends the one that runs.
func ActOnImports(v *visit.Visit) (string, error) {
	here := v.Link("/snapshots/import")
	form := v.PostForm
	value := func(field string) string { return strings.TrimSpace(form.Get(field)) }
	in := importing.Request{
		Source: importing.Source{
			Region: value("region"), AccessKeyID: value("accessKeyId"), SecretAccessKey: value("secretAccessKey"), SessionToken: value("sessionToken"),
		},
		Mask: form.Get("mask") == "yes", MaskUnits: form.Get("maskUnits") == "yes", MaskKey: value("maskKey"), Replace: form.Get("replace") == "yes",
	}
	if form.Get("from") == importing.FromAWS {
		in.Source.From, in.Source.Profile = importing.FromAWS, value("profile")
	} else {
		in.Source.Endpoint, in.Source.Account = value("endpoint"), value("account")
	}
	for _, field := range secrets {
		form.Del(field)
	}
	switch form.Get("do") {
	case "import":
		return here, atMember(v.Admin(http.MethodPost, "/imports", in, nil))
	case "drift":
		in.Replace = false
		return here, atMember(v.Admin(http.MethodPost, "/drift", in, nil))
	case "cancel":
		err := v.Admin(http.MethodDelete, "/imports", nil, nil)
		if visit.Has(err, http.StatusNotFound) {
			err = nil
		}
		return here, err
	}
	return "", visit.ErrUnknownForm
}

// atMember puts a refusal at the field that has the name of the member which it begins with.
func atMember(err error) error {
	f := visit.FailureOf(err)
	if f == nil || f.Status != http.StatusBadRequest {
		return err
	}
	member, text, found := strings.Cut(f.Message, ": ")
	if !found || strings.ContainsAny(member, " ") {
		return err
	}
	return &visit.Failure{Status: f.Status, Field: member, Message: text}
}
