package policy

import (
	"time"

	"accord/internal/ident"
)

// Options choose how a document is checked. The zero value is the language of
// today, checked strictly.
type Options struct {
	// Lenient checks only that the document is JSON and has the top-level key
	// of its type, for documents that use elements newer than this program.
	Lenient bool
	// ServiceControlBefore2025 is the narrower language that service control
	// policies had until September 2025. [AWS: release notes, September 2025]
	ServiceControlBefore2025 bool
	// ResourceControlServices are the service prefixes, in lower case, that
	// actions of resource control policies may have; nil is the published
	// list.
	ResourceControlServices []string
	// Now is the time of the request. The check of a schedule in a backup policy
	// computes the runs after it.
	Now time.Time
	// Management is the management account of the organization, which owns what
	// some documents name. "" leaves that unchecked.
	Management ident.AccountID
}
