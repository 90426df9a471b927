package admin

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/quota"
)

// quotaJSON is a quota in a response.
type quotaJSON struct {
	Name quota.Name `json:"name"`
	// Value is the number in force, "unlimited", or how it is computed.
	Value string `json:"value"`
	// Own is true for a number of the organization's own.
	Own     bool   `json:"own,omitempty"`
	Default string `json:"default"`
	AWS     string `json:"aws,omitempty"`
	Origin  Origin `json:"origin"`
	Counts  string `json:"counts"`
	// OfServer is true for a quota that no organization has of its own.
	OfServer bool `json:"ofServer,omitempty"`
}

// quotas lists all quotas, with the numbers for organizations without their own.
func (s *Server) quotas(http.ResponseWriter, *http.Request) (any, error) {
	return s.quotaList("", nil), nil
}

// organizationQuotas lists all quotas, with the numbers for one organization.
func (s *Server) organizationQuotas(_ http.ResponseWriter, r *http.Request) (any, error) {
	id := ident.OrganizationID(r.PathValue("id"))
	own, err := s.Provider.Quotas(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return s.quotaList(id, own), nil
}

func (s *Server) quotaList(id ident.OrganizationID, own map[quota.Name]int64) map[string]any {
	var list []quotaJSON
	for _, q := range quota.Quotas() {
		row := quotaJSON{
			Name: q.Name, Value: s.Quotas.Value(q.Name).String(), Default: q.Default.String(), AWS: q.AWS, Origin: s.QuotaOrigin(q), Counts: q.Counts, OfServer: q.OfServer,
		}
		if number, has := own[q.Name]; has {
			row.Value, row.Own, row.Origin = quota.Number(number).String(), true, Origin{"organization", string(id)}
		}
		list = append(list, row)
	}
	return map[string]any{"quotas": list}
}

// numberText returns a JSON number, or the text of a string, as it was written: a number
// of a quota needs all 63 bits.
func numberText(value json.RawMessage) (string, bool) {
	if value[0] != '"' {
		return string(value), strings.ContainsRune("-0123456789", rune(value[0]))
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err == nil
}

// byServer is the number that takes a quota from an organization: that of the server holds
// again.
const byServer = "default"

// setQuotas sets quotas of one organization: name to number, "unlimited" or "default".
// Quotas that are not named stay as they are.
func (s *Server) setQuotas(_ http.ResponseWriter, r *http.Request) (any, error) {
	var given map[string]json.RawMessage
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, badRequest("an object of quotas and their numbers is expected")
	}
	quotas, back := map[quota.Name]int64{}, []quota.Name(nil)
	for name, value := range given {
		text, ok := numberText(value)
		if !ok {
			return nil, badRequest(`quota %.80q is neither a number nor "unlimited"`, name)
		}
		taken := text == byServer
		if taken {
			text = "0" // The name is still to be checked.
		}
		known, number, err := quota.ParseOverride(name, text)
		if err != nil {
			return nil, badRequest("%s", err)
		}
		if q, _ := quota.Find(known); q.OfServer {
			return nil, badRequest("quota %s is one of the whole server, not of an organization; --quota sets it", known)
		}
		if taken {
			back = append(back, known)
		} else {
			quotas[known] = number
		}
	}
	organization := ident.OrganizationID(r.PathValue("id"))
	err := s.Provider.SetQuotas(r.Context(), organization, quotas, back...)
	if err == nil {
		attributes := []any{"organization", organization}
		for _, name := range slices.Sorted(maps.Keys(quotas)) {
			attributes = append(attributes, string(name), quota.Number(quotas[name]).String())
		}
		slices.Sort(back)
		for _, name := range back {
			attributes = append(attributes, string(name), byServer)
		}
		s.Log.Info("quotas changed", attributes...)
	}
	return map[string]any{"quotas": given}, err
}
