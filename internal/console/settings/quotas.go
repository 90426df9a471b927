package settings

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// quotas is what the page of the quotas shows: those of the server, or of an organization.
type quotas struct {
	filter
	Rows []quota
	// Organization is the chosen one; its ID is empty for the server.
	Organization organization
	// Unknown is the one that was asked for and does not exist.
	Unknown string
	// Organizations are what to choose from; More says that there are others.
	Organizations []organization
	More          bool
	// Writes says whether the admin API allows changes.
	Writes bool
}

// quota is a quota in force.
type quota struct {
	row
	Own      bool   `json:"own"`
	Counts   string `json:"counts"`
	OfServer bool   `json:"ofServer"`
}

// Number is the number in force; empty for one that is computed.
func (q quota) Number() string {
	if q.Value != "unlimited" && strings.Trim(q.Value, "0123456789") != "" {
		return ""
	}
	return q.Value
}

// organization is an organization to choose.
type organization struct {
	ID         ident.OrganizationID `json:"id"`
	Management ident.AccountID      `json:"managementAccount"`
	// Name is that of the management account; empty if it is not known.
	Name string
}

// ShowQuotas gathers the quotas in force.
func ShowQuotas(v *visit.Visit) (any, error) {
	var q quotas
	var err error
	if q.Writes, err = v.Writes(); err != nil {
		return nil, err
	}
	if err := q.readOrganizations(v); err != nil {
		return nil, err
	}
	from, asked := "/quotas", v.URL.Query().Get("organization")
	if asked != "" {
		from = quotasOf(asked)
	}
	var all struct {
		Quotas []quota `json:"quotas"`
	}
	err = v.Admin(http.MethodGet, from, nil, &all)
	if asked != "" && visit.Has(err, http.StatusNotFound) {
		q.Unknown, q.Organization = asked, organization{}
		err = v.Admin(http.MethodGet, "/quotas", nil, &all)
	}
	path := "/settings/quotas"
	if q.Organization.ID != "" {
		path += "?organization=" + url.QueryEscape(string(q.Organization.ID))
	}
	q.filter = filtered(v, len(all.Quotas), path)
	q.Rows = slices.DeleteFunc(all.Quotas, func(r quota) bool { return q.Only && !r.Differs() })
	return q, err
}

// quotasOf is the address of the quotas of an organization in the admin API.
func quotasOf(id string) string { return "/organizations/" + url.PathEscape(id) + "/quotas" }

// readOrganizations reads the first organizations, with the names of their management accounts.
func (q *quotas) readOrganizations(v *visit.Visit) error {
	var found struct {
		Organizations []organization `json:"organizations"`
		Next          string         `json:"next"`
	}
	if err := v.Admin(http.MethodGet, "/organizations?limit=200", nil, &found); err != nil {
		return err
	}
	accounts, _, err := v.Accounts("1000")
	if err != nil {
		return err
	}
	names := map[ident.AccountID]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	asked := ident.OrganizationID(v.URL.Query().Get("organization"))
	q.Organization.ID = asked
	for _, o := range found.Organizations {
		o.Name = names[o.Management]
		if o.ID == asked {
			q.Organization = o
		}
		q.Organizations = append(q.Organizations, o)
	}
	q.More = found.Next != ""
	return nil
}

// ActOnQuotas sets a quota of an organization, or gives it that of the server again.
func ActOnQuotas(v *visit.Visit) (string, error) {
	number := v.PostFormValue("number")
	switch v.PostFormValue("do") {
	case "set":
	case "default":
		number = "default"
	default:
		return "", visit.ErrUnknownForm
	}
	name := v.PostFormValue("quota")
	err := v.Admin(http.MethodPut, quotasOf(v.URL.Query().Get("organization")), map[string]string{name: number}, nil)
	return v.URL.RequestURI() + "#" + url.PathEscape(name), visit.At(name, err)
}
