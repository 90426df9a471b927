package admin

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"

	"accord/internal/ident"
	"accord/internal/service/importing"
)

// changeNames are the names of changes in their records, by pattern.
var changeNames = map[string]string{
	"POST /clock":          "MoveClock",
	"POST /accounts":       "RegisterAccount",
	"PATCH /accounts/{id}": "UpdateAccount",
	"DELETE /accounts/{id}/service-linked-role": "DeleteServiceLinkedRole",
	"PUT /organizations/{id}/quotas":            "SetQuotas",
	"POST /faults":                              "AddFault",
	"DELETE /faults":                            "RemoveFaults",
	"DELETE /faults/{id}":                       "RemoveFault",
	"POST /sweep":                               "SweepAccounts",
	"POST /reset":                               "Reset",
	"PUT /snapshot":                             "LoadSnapshot",
	"POST /snapshots":                           "SaveSnapshot",
	"PUT /snapshots/{name}":                     "AddSnapshot",
	"DELETE /snapshots/{name}":                  "DeleteSnapshot",
	"POST /snapshots/{name}/load":               "LoadSnapshot",
	seedPattern:                                 "ApplySeed",
	"POST /accounts/{id}/root-key":              "CreateRootKey",
	"POST /secret-key/rotate":                   "RotateSecretKey",
	"POST /imports":                             "StartImport",
	"DELETE /imports":                           "CancelImport",
	"POST /drift":                               "StartDrift",
}

// withSecrets are the changes whose bodies have secrets; their records have what a function
// leaves of the body, and nothing of one that cannot be read.
var withSecrets = map[string]func(text []byte) map[string]any{"POST /imports": importRecord, "POST /drift": importRecord}

// importParameters are what the record of an import has: nothing that is a secret, whatever is
// in the body.
func importParameters(in importing.Request) map[string]any {
	return map[string]any{"source": in.Source.String(), "mask": in.Mask, "maskUnits": in.MaskUnits, "replace": in.Replace}
}

func importRecord(text []byte) map[string]any {
	var in importing.Request
	if decodeJSON(text, &in) != nil {
		return map[string]any{}
	}
	return importParameters(in)
}

// newChange is a change with a name, as far as the request says it.
func (s *Server) newChange(r *http.Request, name string) Change {
	c := Change{Name: name, AskedBy: s.AskedBy(r), Address: r.RemoteAddr, UserAgent: r.UserAgent()}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		c.Address = host
	}
	return c
}

// begin returns the request with the context of its change. It reads the body, which
// stays readable.
func (s *Server) begin(r *http.Request) (*http.Request, error) {
	var text []byte
	_, isFile := files[r.Pattern]
	if !isFile {
		var err error
		if text, err = io.ReadAll(r.Body); err != nil {
			return nil, bodyError(err)
		}
		if hasTooManyTokens(text) {
			return nil, badRequest("the body has more than %d values, names and brackets", maxTokens)
		}
	}
	c := s.newChange(r, changeNames[r.Pattern])
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	// What is no object is refused where it is read.
	if _ = d.Decode(&c.Parameters); c.Parameters == nil {
		c.Parameters = map[string]any{}
	}
	if public := withSecrets[r.Pattern]; public != nil {
		c.Parameters = public(text)
	}
	if id := r.PathValue("id"); id != "" {
		c.Parameters["id"] = id
		if account := ident.AccountID(id); account.Valid() {
			c.Account = account
		}
	}
	if r.Pattern == seedPattern {
		c.Parameters["query"] = r.URL.RawQuery
	}
	if name := r.PathValue("name"); name != "" {
		c.Parameters["snapshot"] = name
	} else if r.Pattern == "POST /snapshots" {
		// The names of accounts are masked in records, and these are none.
		c.Parameters["snapshot"] = c.Parameters["name"]
		delete(c.Parameters, "name")
	}
	r = r.WithContext(s.Changes.Begin(r.Context(), c))
	if !isFile {
		r.Body = io.NopCloser(bytes.NewReader(text))
	}
	return r, nil
}

func hasTooManyTokens(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	for range maxTokens {
		if _, err := d.Token(); err != nil {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}
