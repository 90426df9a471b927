package snapshot

import (
	"maps"
	"regexp"
	"slices"
	"time"
)

// Header is the head of a snapshot: what can be known of it without its rows.
type Header struct {
	// Program is the version of the program that has written it, Schema that of the tables.
	Program string `json:"program"`
	Schema  int64  `json:"schema"`
	// At is the instant of the state by the clock of the server, which is of the kind Clock:
	// "system" or "virtual".
	At    time.Time `json:"at"`
	Clock string    `json:"clock"`
	// Behaviors and Quotas are those that were in force.
	Behaviors map[string]string `json:"behaviors,omitempty"`
	Quotas    map[string]string `json:"quotas,omitempty"`
	// Secrets says whether the secrets of access keys are in it; they are encrypted with
	// the secret keys of these IDs.
	Secrets    bool     `json:"secrets"`
	SecretKeys []string `json:"secretKeys,omitempty"`
	// Rows are the numbers of rows by their tables, and Bytes is their length.
	Rows  map[string]int `json:"rows"`
	Bytes int            `json:"bytes"`
}

// Difference is a setting that is another one in a snapshot than in a server.
type Difference struct {
	// Kind is "behavior" or "quota".
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Snapshot string `json:"snapshot"`
	Server   string `json:"server"`
}

// Differences are the settings that differ from those of a server. One that either does not
// know is none.
func (h Header) Differences(behaviors, quotas map[string]string) []Difference {
	differences := []Difference{}
	for _, of := range []struct {
		kind         string
		theirs, ours map[string]string
	}{{"behavior", h.Behaviors, behaviors}, {"quota", h.Quotas, quotas}} {
		for _, name := range slices.Sorted(maps.Keys(of.theirs)) {
			if ours, known := of.ours[name]; known && ours != of.theirs[name] {
				differences = append(differences, Difference{of.kind, name, of.theirs[name], ours})
			}
		}
	}
	return differences
}

// namePattern is what the name of a snapshot is: one that is also the name of a file.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidName reports whether a snapshot can have a name.
func ValidName(name string) bool { return namePattern.MatchString(name) }

// NameForm describes the names that snapshots can have.
const NameForm = "up to 64 characters of a-z, A-Z, 0-9, dot, dash and underscore, the first of which is none of the last three"
