package render

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"accord/internal/whatif"
)

// The parts of SARIF 2.1.0 that are written. [OASIS: SARIF 2.1.0]
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		ArtifactLocation struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

// rules are the kinds of results, with their levels.
var rules = map[whatif.Verdict]struct{ id, level, text string }{
	whatif.Denied:  {"newly-denied", "error", "A call that is allowed now would be denied"},
	whatif.Allowed: {"newly-allowed", "note", "A call that is denied now would be allowed"},
	whatif.Depends: {"depends", "warning", "Whether a call is allowed would depend on what is not known"},
}

// invalidPolicy is the rule of effective policies that would become invalid.
const invalidPolicy = "invalid-effective-policy"

// SARIF writes a report as SARIF. A result is at the statement that decides, if that is in one
// of the files; those by a policy of the store, or in a plan, are in the first file without a
// line. Where a change has no file they are nowhere.
func SARIF(w io.Writer, r *whatif.Report, files []string) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "accord whatif"}
	for _, v := range []whatif.Verdict{whatif.Denied, whatif.Allowed, whatif.Depends} {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rules[v].id, sarifText{rules[v].text}})
	}
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{invalidPolicy, sarifText{"An effective policy would become invalid"}})
	for i := range r.Rows {
		row := &r.Rows[i]
		rule := rules[row.After]
		result := sarifResult{RuleID: rule.id, Level: rule.level, Locations: at(row.Statement.File, row.Statement.Line, files)}
		result.Message.Text = fmt.Sprintf("%s %s: %s: %s: %s, by %s", row.Account, row.Name, becomes(row), principals(row), actions(row), why(row))
		run.Results = append(run.Results, result)
	}
	for i := range r.Effective {
		if e := &r.Effective[i]; e.NewlyInvalid {
			run.Results = append(run.Results, sarifResult{
				RuleID: invalidPolicy, Level: "error", Locations: at("", 0, files),
				Message: sarifText{fmt.Sprintf("effective %s of %s: %s", e.Type, accounts(e), some(e.Errors))},
			})
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// at is a line of a file, or the first file.
func at(file string, line int, files []string) []sarifLocation {
	if len(files) == 0 {
		return nil
	}
	if !slices.Contains(files, file) {
		file, line = files[0], 0
	}
	var l sarifLocation
	l.PhysicalLocation.ArtifactLocation.URI = uri(file)
	if line > 0 {
		l.PhysicalLocation.Region = &sarifRegion{line}
	}
	return []sarifLocation{l}
}

// uri is a file as a URI, relative if its name is.
func uri(file string) string {
	path := filepath.ToSlash(file)
	if filepath.VolumeName(file) != "" {
		return (&url.URL{Scheme: "file", Path: "/" + path}).String()
	}
	return (&url.URL{Path: path}).String()
}
