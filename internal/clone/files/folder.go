package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"accord/internal/clone"
)

// maxFiles bounds a folder: a large organization takes a file for each account.
const maxFiles = 500_000

// Open reads the files of a folder and of those within it. One that is not understood makes
// the folder unusable.
func Open(folder string) (*Folder, error) {
	f := &Folder{
		name: folder, calls: map[string]*call{}, lists: map[string][]json.RawMessage{}, ones: map[string]json.RawMessage{},
		types: map[string][]json.RawMessage{}, parent: map[string]string{}, listed: map[string]bool{},
	}
	n := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		if n++; n > maxFiles {
			return fmt.Errorf("it has more than %d files", maxFiles)
		}
		if err := f.add(path, entry); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, errors.New(folder + ": it has no file *.json")
	}
	return f, nil
}

func (f *Folder) add(path string, entry fs.DirEntry) error {
	text, err := read(path)
	if err != nil {
		var inPath *fs.PathError
		if errors.As(err, &inPath) {
			return inPath.Err
		}
		return err
	}
	if info, err := os.Stat(path); err == nil && info.ModTime().After(f.read) && f.calls[finished] == nil {
		f.read = info.ModTime().UTC()
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) == nil {
		if at, is := members["read"]; is && entry.Name() == finished {
			f.calls[finished] = &call{}
			return json.Unmarshal(at, &f.read)
		}
		if members["operation"] != nil {
			return f.addCall(text)
		}
	}
	return f.addOutputs(entry.Name(), text)
}

func (f *Folder) addCall(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	var c struct {
		call
		Input struct {
			clone.Input
			Filter json.RawMessage
		} `json:"input"`
	}
	if err := d.Decode(&c); err != nil {
		return fmt.Errorf("it is not a saved call: %w", err)
	}
	in := c.Input.Input
	var word string
	var filter clone.HandshakeFilter
	switch {
	case json.Unmarshal(c.Input.Filter, &word) == nil && word != "":
		in.Filter = word
	case json.Unmarshal(c.Input.Filter, &filter) == nil && filter.ParentHandshakeId != "":
		in.Filter = filter
	}
	f.calls[fileOf(c.Operation, in)] = &c.call
	return nil
}
