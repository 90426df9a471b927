// Package files keeps the calls of a reading in a folder, and answers from such a folder, or
// from one with the output of the AWS CLI.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"accord/internal/clone"
)

// call is a saved call, one in a file.
type call struct {
	Operation string          `json:"operation"`
	Input     clone.Input     `json:"input"`
	Output    json.RawMessage `json:"output,omitempty"`
	Error     *clone.APIError `json:"error,omitempty"`
}

// finished is the file that says that nothing is missing.
const finished = "finished.json"

// end is what that file holds.
type end struct {
	Read time.Time `json:"read"`
}

// Saver is a source that keeps what another one answers, and asks nothing twice.
type Saver struct {
	source clone.Source
	folder string
}

// Save keeps the calls of a source in a folder, which it makes, and goes on with an
// interrupted reading that is there. It makes no call yet.
func Save(source clone.Source, folder string) (*Saver, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, finished)); err == nil {
		return nil, fmt.Errorf("%s has a finished reading: read it with --from-json, or save into another folder", folder)
	}
	found, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, file := range found {
		if !savedName.MatchString(file.Name()) || !file.Type().IsRegular() {
			return nil, fmt.Errorf("%s has the file %s, which is not of a reading: save into an empty folder", folder, file.Name())
		}
	}
	return &Saver{source, folder}, nil
}

// savedName is what a name of a saved call looks like, and of one that was not finished.
var savedName = regexp.MustCompile(`^(GetCallerIdentity|(List|Describe)[A-Z][A-Za-z]+)(\.[A-Za-z0-9_.-]+)?\.json(\.part)?$`)

// Finish says that everything was read, at an instant.
func (s *Saver) Finish(read time.Time) error {
	return write(filepath.Join(s.folder, finished), end{read})
}

// Call answers from the folder, or asks and keeps the answer. Errors of the server are kept
// for readings of the folder, and asked again.
func (s *Saver) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	name := filepath.Join(s.folder, fileOf(operation, in))
	kept, err := s.load(fileOf(operation, in))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if kept != nil && kept.Output != nil && !clone.Find(operation).Identifies {
		return kept.Output, nil
	}
	output, err := s.source.Call(ctx, operation, in)
	var answered *clone.APIError
	if err != nil && !errors.As(err, &answered) {
		return nil, err
	}
	if answered != nil && in.NextToken != "" && answered.Code == "InvalidInputException" {
		return nil, fmt.Errorf("the server does not go on from the saved pages of %s any more (%w): delete %s and try again", operation, err, filepath.Join(s.folder, operation+"*.json"))
	}
	if kept != nil && kept.Output != nil && err == nil && identity(kept.Output) != identity(output) {
		return nil, fmt.Errorf("%s has a reading of %s, and this is %s: save into another folder", s.folder, identity(kept.Output), identity(output))
	}
	if err := write(name, call{operation, in, output, answered}); err != nil {
		return nil, err
	}
	return output, err
}

// identity is the account or the organization that an output tells.
func identity(output json.RawMessage) string {
	var told struct {
		Account      string
		Organization struct{ Id string }
	}
	if json.Unmarshal(output, &told) != nil {
		return ""
	}
	return told.Account + told.Organization.Id
}

// Forget deletes what was saved of an operation, so that the next reading asks again.
func (s *Saver) Forget(operation string) error {
	operation, _, _ = strings.Cut(operation, " ")
	found, err := os.ReadDir(s.folder)
	for _, file := range found {
		if name, _, _ := strings.Cut(file.Name(), "."); name == operation {
			err = errors.Join(err, os.Remove(filepath.Join(s.folder, file.Name())))
		}
	}
	return err
}

// fileOf is the name of the file of a call: the operation, what it asks about, and for further
// pages a hash of their token.
func fileOf(operation string, in clone.Input) string {
	name := operation
	if subject := in.Subject(); subject != "" {
		name += "." + unsafe.ReplaceAllString(subject, "_")
	}
	if filter, is := in.Filter.(string); is && in.TargetId != "" {
		name += "." + unsafe.ReplaceAllString(filter, "_")
	}
	if in.NextToken != "" {
		hash := sha256.Sum256([]byte(in.NextToken))
		name += ".page-" + hex.EncodeToString(hash[:12])
	}
	return name + ".json"
}

// unsafe are the characters that a name of a file does not have.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9-]`)

// maxFile bounds a file that is read.
const maxFile = 64 << 20

// read reads a file of a folder within the bound. A pipe or a device, which need not end, is
// not opened. An error does not have the name.
func read(folder fs.FS, name string) ([]byte, error) {
	text, err := regular(folder, name)
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		err = inPath.Err
	}
	return text, err
}

func regular(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	// It may grow, and some files of the system have no size.
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file has more than %d MiB", maxFile>>20)
	}
	return text, err
}

// load reads a saved call.
func (s *Saver) load(name string) (*call, error) {
	text, err := read(os.DirFS(s.folder), name)
	name = filepath.Join(s.folder, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var c call
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("%s: it is not a saved call: %w", name, err)
	}
	return &c, nil
}

// write writes a file whole or not at all. Only its owner may read it: addresses of people are
// in it.
func write(name string, content any) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	part := name + ".part"
	if err := os.WriteFile(part, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(part, name)
}
