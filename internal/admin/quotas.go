package admin

import (
	"encoding/json"
	"net/http"

	"accord/internal/ident"
	"accord/internal/quota"
)

// setQuotas sets quotas of one organization: name to number or "unlimited". Quotas
// that are not named stay as they are.
func (s *Server) setQuotas(_ http.ResponseWriter, r *http.Request) (any, error) {
	var given map[string]any
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, badRequest("an object of quotas and their numbers is expected")
	}
	quotas := map[quota.Name]int64{}
	for name, value := range given {
		var text string
		switch v := value.(type) {
		case string:
			text = v
		case json.Number:
			text = v.String()
		default:
			return nil, badRequest(`quota %.80q is neither a number nor "unlimited"`, name)
		}
		known, number, err := quota.ParseOverride(name, text)
		if err != nil {
			return nil, badRequest("%s", err)
		}
		quotas[known] = number
	}
	err := s.Provider.SetQuotas(r.Context(), ident.OrganizationID(r.PathValue("id")), quotas)
	return map[string]any{"quotas": given}, err
}
