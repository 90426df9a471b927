package chart

import (
	"net/http"
	"net/url"

	"accord/internal/console/visit"
	"accord/internal/export"
	"accord/internal/seed"
)

// extensions end the names of the files of formats.
var extensions = map[string]string{
	"terraform": "tf", "org-formation": "yml", "cloudformation": "template.json", "json": "json", "seed": "yaml", "mermaid": "mmd", "dot": "dot", "svg": "svg",
}

// ShowExport is the organization as a file of the format of the address.
func ShowExport(v *visit.Visit) (any, error) {
	as, err := export.Find(v.URL.Query().Get("format"))
	if err != nil {
		return nil, &visit.Failure{Status: http.StatusBadRequest, Message: err.Error()}
	}
	described, err := Describe(v)
	if err != nil {
		return nil, err
	}
	if described == nil {
		return nil, &visit.Failure{Status: http.StatusNotFound, Message: "The account is in no organization."}
	}
	var d seed.Document
	if err := v.Admin(http.MethodGet, "/state?organization="+url.QueryEscape(described.ID), nil, &d); err != nil {
		return nil, err
	}
	file, err := as.Write(&d)
	if err != nil {
		return nil, &visit.Failure{Status: http.StatusUnprocessableEntity, Message: err.Error()}
	}
	return visit.File{Name: described.ID + "." + extensions[as.Name], Content: file.Text}, nil
}
