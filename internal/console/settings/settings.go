// Package settings has the pages of the settings: the behaviors, the quotas and the other
// settings in force, each with where it was set. Quotas of an organization are changed here.
package settings

import (
	"net/http"
	"slices"
	"strings"

	"accord/internal/console/visit"
)

// origin is where a value was set, as the admin API shows it.
type origin struct{ Source, Name string }

// row is a value in force, of whatever kind.
type row struct {
	Name, Value, Default, AWS string
	Origin                    origin
	// Meaning says what it does, and Allowed which values it takes.
	Meaning, Allowed string
}

// Differs reports whether the value is another one than without a setting.
func (r row) Differs() bool { return r.Origin.Source != byDefault && r.Value != r.Default }

// byDefault is the source of values that are set nowhere.
const byDefault = "default"

// filter leaves out what has its default, if the address says so.
type filter struct {
	Only bool
	// All is how many rows there are without it.
	All int
	// Path is the address of the page without the filter, below the base.
	Path string
}

// differing is the value of the parameter by which addresses have the filter.
const differing = "differs"

func filtered(v *visit.Visit, all int, path string) filter {
	return filter{v.URL.Query().Get("only") == differing, all, path}
}

// Differing is the address of what differs alone.
func (f filter) Differing() string {
	separator := "?"
	if strings.Contains(f.Path, "?") {
		separator = "&"
	}
	return f.Path + separator + "only=" + differing
}

// list is what a page of settings shows.
type list struct {
	filter
	Rows []row
	// Behaviors says that the rows are behaviors.
	Behaviors bool
}

// listed filters rows as the address says.
func listed(f filter, all []row) list {
	return list{filter: f, Rows: slices.DeleteFunc(all, func(r row) bool { return f.Only && !r.Differs() })}
}

// ShowBehaviors gathers the behaviors in force.
func ShowBehaviors(v *visit.Visit) (any, error) {
	var all struct {
		Behaviors []row `json:"behaviors"`
	}
	err := v.Admin(http.MethodGet, "/behaviors", nil, &all)
	l := listed(filtered(v, len(all.Behaviors), "/settings"), all.Behaviors)
	l.Behaviors = true
	return l, err
}

// ShowServer gathers the settings that are neither behaviors nor quotas.
func ShowServer(v *visit.Visit) (any, error) {
	var all struct {
		Settings []row `json:"settings"`
	}
	err := v.Admin(http.MethodGet, "/info", nil, &all)
	return listed(filtered(v, len(all.Settings), "/settings/server"), all.Settings), err
}
