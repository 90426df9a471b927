package seeding

import (
	"errors"
	"fmt"

	"accord/internal/api"
	"accord/internal/health"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// Action is what was done to something.
type Action string

// The actions.
const (
	Add    Action = "add"
	Modify Action = "change"
	Remove Action = "remove"
)

// Change is one thing that was done, or would be.
type Change struct {
	Action Action `json:"action"`
	// Kind is what it was done to, such as "account", and Name its name and its ID.
	Kind string `json:"kind"`
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
	// Detail says more, such as where it is or what differed.
	Detail string `json:"detail,omitempty"`
	// Path leads to it in the document; empty for what the document has not.
	Path string `json:"path,omitempty"`
}

// Skipped is what the document has and cannot be made, with the reason.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Report is what was done.
type Report struct {
	DryRun  bool      `json:"dryRun"`
	Changes []Change  `json:"changes"`
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Failure is why a document cannot be applied, with the path of the part that failed.
type Failure struct {
	Path string
	Err  error
}

// Error has the path in front.
func (f *Failure) Error() string { return f.Path + ": " + f.Reason() }

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// Reason is the failure without its path: an error of the API by its name.
func (f *Failure) Reason() string {
	var answer *api.Error
	if !errors.As(f.Err, &answer) {
		return f.Err.Error()
	}
	text := answer.Type
	if answer.Reason != "" {
		text += " (" + answer.Reason + ")"
	}
	text += ": " + answer.Message
	if answer.Setting != "" {
		text += " [" + answer.Setting + "]"
	}
	return text
}

// failed is a failure of the document itself.
func failed(path, format string, args ...any) error {
	return &Failure{path, fmt.Errorf(format, args...)}
}

// at gives an error the path of what failed, unless it has one, or says nothing of the
// document: the store cannot serve, or lost against others.
func at(path string, err error) error {
	var has *Failure
	var notReady *health.NotReady
	if err == nil || errors.As(err, &has) || errors.As(err, &notReady) || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrUnknown) {
		return err
	}
	var answer *api.Error
	for _, refusal := range []error{provider.ErrMalformed, provider.ErrNotNow, provider.ErrTaken} {
		if errors.Is(err, refusal) {
			return &Failure{path, err}
		}
	}
	if errors.As(err, &answer) && answer.Status < 500 {
		return &Failure{path, answer}
	}
	return fmt.Errorf("%s: %w", path, err)
}
