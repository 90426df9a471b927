package files

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"unicode/utf16"

	"accord/internal/clone"
)

// The bounds of a folder: a large organization takes a file for each account.
const (
	maxFiles = 500_000
	maxBytes = 1 << 30
)

// Open reads the files of a folder and of those within it. One that is not understood makes
// the folder unusable.
func Open(folder string) (*Folder, error) {
	f := &Folder{
		calls: map[string]*call{}, lists: map[string][]json.RawMessage{}, ones: map[string]json.RawMessage{},
		types: map[string][]json.RawMessage{}, parent: map[string]string{}, listed: map[string]bool{},
	}
	// The folder may be from anywhere: no link leads out of it.
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	n, left := 0, maxBytes
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.IsDir() || path.Ext(name) != ".json") {
			return nil
		}
		if n++; err == nil && n > maxFiles {
			return fmt.Errorf("%s: it has more than %d files", folder, maxFiles)
		}
		var text []byte
		if err == nil {
			text, err = read(root.FS(), name)
			text = utf8Of(text)
		}
		if left -= len(text); err == nil && left < 0 {
			return fmt.Errorf("%s: its files have more than %d MiB", folder, maxBytes>>20)
		}
		if err == nil {
			err = f.add(root, name, text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, filepath.FromSlash(name)), err)
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

// utf8Of is a text without its byte order mark. PowerShell writes UTF-16 when it sends the output
// of a command into a file.
func utf8Of(text []byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:]
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		order = binary.BigEndian
	case !bytes.HasPrefix(text, []byte("\xff\xfe")):
		return text
	}
	units := make([]uint16, len(text)/2-1)
	for i := range units {
		units[i] = order.Uint16(text[2+2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

func (f *Folder) add(root *os.Root, name string, text []byte) error {
	if info, err := root.Stat(name); err == nil && info.ModTime().After(f.read) && f.calls[finished] == nil {
		f.read = info.ModTime().UTC()
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) == nil {
		if at, is := members["read"]; is && path.Base(name) == finished {
			f.calls[finished] = &call{}
			return json.Unmarshal(at, &f.read)
		}
		if members["operation"] != nil {
			return f.addCall(text)
		}
	}
	return f.addOutputs(path.Base(name), text)
}

func (f *Folder) addCall(text []byte) error {
	var c struct {
		call
		Input struct {
			clone.Input
			Filter json.RawMessage
		} `json:"input"`
	}
	if err := json.Unmarshal(text, &c); err != nil {
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
