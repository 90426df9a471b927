package postgres

import (
	"strings"

	"accord/internal/store/engine"
)

// Driver keeps a store in a database.
var Driver = engine.Driver{
	Form: "postgres://USER@HOST/DATABASE",
	Accepts: func(url string) bool {
		_, rest, _ := strings.Cut(url, "://")
		return (strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")) && rest != ""
	},
	Name:    func(url string) string { return "PostgreSQL, " + engine.Redact(url) },
	Exists:  func(string) bool { return true },
	Inspect: inspect,
	Open:    open,
	Backup:  backup,
	Restore: restore,
}
