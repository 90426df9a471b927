package render

import (
	"encoding/json"
	"fmt"
	"io"

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

// SARIF writes a report as SARIF. Results are at the statement of the file that decides;
// those by a policy of the store name the fallback, a file of the change.
func SARIF(w io.Writer, r *whatif.Report, fallback string) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "accord whatif"}
	for _, v := range []whatif.Verdict{whatif.Denied, whatif.Allowed, whatif.Depends} {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rules[v].id, sarifText{rules[v].text}})
	}
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{invalidPolicy, sarifText{"An effective policy would become invalid"}})
	for i := range r.Rows {
		row := &r.Rows[i]
		rule := rules[row.After]
		result := sarifResult{RuleID: rule.id, Level: rule.level, Locations: at(row.Statement.File, row.Statement.Line, fallback)}
		result.Message.Text = fmt.Sprintf("%s %s: %s: %s: %s, by %s", row.Account, row.Name, words(row), principals(row), actions(row), why(row))
		run.Results = append(run.Results, result)
	}
	for i := range r.Effective {
		if e := &r.Effective[i]; e.NewlyInvalid {
			run.Results = append(run.Results, sarifResult{
				RuleID: invalidPolicy, Level: "error", Locations: at("", 0, fallback),
				Message: sarifText{fmt.Sprintf("effective %s of %s: %s", e.Type, accounts(e), some(e.Errors))},
			})
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// at is a line of a file, or the fallback without a line.
func at(file string, line int, fallback string) []sarifLocation {
	var l sarifLocation
	if l.PhysicalLocation.ArtifactLocation.URI = file; file == "" {
		l.PhysicalLocation.ArtifactLocation.URI, line = fallback, 0
	}
	if l.PhysicalLocation.ArtifactLocation.URI == "" {
		return nil
	}
	if line > 0 {
		l.PhysicalLocation.Region = &sarifRegion{line}
	}
	return []sarifLocation{l}
}
