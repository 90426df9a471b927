// Package files reads the files of a what-if: those of changes, of policies and of plans, and
// those of recorded calls.
package files

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"accord/internal/whatif/change"
)

// Changes is a set of changes that was read.
type Changes struct {
	Changes []change.Change
	// Ignored are what a plan changes and that is not tried.
	Ignored []string
	// Files are those that were read: plans first, then files of changes, then policies.
	Files []string
}

// ReadChanges reads the policies of changes, files of changes, and plans of Terraform, in
// this order. An error names the file and the place in it.
func ReadChanges(list []change.Change, files, plans []string) (set Changes, err error) {
	policies, err := readPolicies(list, ".")
	if err != nil {
		return set, err
	}
	set.Changes = list
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return set, err
		}
		changes, err := change.Parse(text)
		if err != nil {
			return set, fmt.Errorf("%s: %w", name, err)
		}
		more, err := readPolicies(changes, filepath.Dir(name))
		if err != nil {
			return set, err
		}
		set.Changes, policies = append(set.Changes, changes...), append(policies, more...)
	}
	for _, name := range plans {
		text, err := os.ReadFile(name)
		if err != nil {
			return set, err
		}
		plan, err := change.ParsePlan(text)
		if err != nil {
			return set, fmt.Errorf("%s: %w", name, err)
		}
		set.Changes, set.Ignored = append(set.Changes, plan.Changes...), append(set.Ignored, plan.Ignored...)
	}
	set.Files = slices.Concat(plans, files, policies)
	return set, nil
}

// readPolicies reads the policies that changes name, from a folder, and returns their files.
func readPolicies(changes []change.Change, folder string) (read []string, err error) {
	for i := range changes {
		c := &changes[i]
		if c.Attach != "" && c.Document == "" && !change.IsPolicyID(c.Attach) {
			c.File = c.Attach
		}
		if c.Document != "" || c.File == "" {
			continue
		}
		if !filepath.IsAbs(c.File) {
			c.File = filepath.Join(folder, c.File)
		}
		text, err := os.ReadFile(c.File)
		if err != nil {
			return nil, err
		}
		if c.Document = change.Document(text); strings.TrimSpace(string(text)) == "" {
			return nil, fmt.Errorf("%s: the file is empty", c.File)
		}
		read = append(read, c.File)
	}
	return read, nil
}
