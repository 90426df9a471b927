package states

import (
	"fmt"
	"strings"

	"accord/internal/service/snapshots"
)

// entry is a snapshot as pages show it.
type entry struct{ snapshots.Entry }

// contents are the tables that tell what a snapshot holds, in the order in which they are shown.
var contents = []struct{ table, one, several string }{
	{"organizations", "organization", "organizations"}, {"accounts", "account", "accounts"}, {"units", "unit", "units"},
	{"policies", "policy", "policies"}, {"handshakes", "handshake", "handshakes"}, {"identities", "user, group or role", "users, groups and roles"},
	{"access_keys", "access key", "access keys"},
}

// Holds says what is in the snapshot; accounts and organizations are always named.
func (e entry) Holds() string {
	var parts []string
	for i, c := range contents {
		switch n := e.Rows[c.table]; {
		case n == 1:
			parts = append(parts, "1 "+c.one)
		case n > 1 || i < 2:
			parts = append(parts, fmt.Sprintf("%d %s", n, c.several))
		}
	}
	return strings.Join(parts, ", ")
}

// Side names the snapshot in a comparison.
func (e entry) Side() string { return sideOf(e.Name) }

// From says who has made it.
func (e entry) From() string {
	if e.Own {
		return "this server"
	}
	return "a file"
}

// Length is the size of the file as people say it.
func (e entry) Length() string { return length(e.Size) }

// length is a number of bytes as people say it.
func length(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// The sides besides names of snapshots, as the admin API has them.
const (
	sideNow, sideFile = "now", "file"
	sideSnapshot      = "snapshot:"
)

// side is a state that can be compared.
type side struct{ Value, Name string }

// sides are those that the server has, and a file. A snapshot that is called as another side is
// one gets its kind before its name.
func sides(saved []entry) []side {
	all := []side{{sideNow, "the server now"}}
	for _, e := range saved {
		all = append(all, side{sideOf(e.Name), e.Name})
	}
	return append(all, side{sideFile, "a file"})
}

func sideOf(name string) string {
	if name == sideNow || name == sideFile {
		return sideSnapshot + name
	}
	return name
}

// named is what a person calls a side.
func named(side string) string {
	switch side {
	case sideNow:
		return "the server now"
	case sideFile:
		return "the file"
	}
	return strings.TrimPrefix(side, sideSnapshot)
}
