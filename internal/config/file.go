package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tailscale/hujson"

	"accord/internal/spelling"
)

// file returns the source of a JSON object: members are named like settings; values
// are strings or numbers, and objects of such for repeatable settings.
func file(path given, readFile func(string) ([]byte, error), errs *errorList) source {
	text, err := readFile(path.value)
	if err != nil {
		errs.add(fmt.Errorf("setting config: %q%s cannot be read: %w", path.value, path.from(), err))
		return nil
	}
	// The standard form has blanks for comments and trailing commas: positions stay.
	if standard, err := hujson.Standardize(text); err == nil {
		text = standard
	}
	f := fileReader{decoder: json.NewDecoder(bytes.NewReader(text)), path: path.value, errs: errs, source: source{}}
	f.decoder.UseNumber()
	if err := f.read(); err != nil {
		line := 1 + bytes.Count(text[:f.decoder.InputOffset()], []byte("\n"))
		errs.add(fmt.Errorf("file %s, line %d: %w", path.value, line, err))
	}
	return f.source
}

// fileReader reads token by token, because a member that appears twice is an error.
type fileReader struct {
	decoder *json.Decoder
	path    string
	errs    *errorList
	source  source
}

// origin is that of the values of the file.
func (f *fileReader) origin() Origin { return Origin{FromFile, f.path} }

var errForm = errors.New("not a JSON object of settings")

func (f *fileReader) read() error {
	if token, err := f.decoder.Token(); err != nil || token != json.Delim('{') {
		return cause(err, errForm)
	}
	seen := map[string]bool{}
	for f.decoder.More() {
		name, err := f.name(seen)
		if err != nil {
			return err
		}
		setting, known := find(name)
		if name == "config" {
			return errors.New("setting config is not allowed in the file itself")
		}
		if !known {
			f.errs.add(fmt.Errorf("file %s: %w", f.path, spelling.Unknown("setting", name, settingNames())))
			var skipped json.RawMessage
			if err := f.decoder.Decode(&skipped); err != nil {
				return err
			}
			continue
		}
		if err := f.setting(setting); err != nil {
			return err
		}
	}
	if _, err := f.decoder.Token(); err != nil {
		return cause(err, errForm)
	}
	if _, err := f.decoder.Token(); err != io.EOF {
		return errors.New("unexpected data after the object of settings")
	}
	return nil
}

// setting reads the value of a setting.
func (f *fileReader) setting(s Setting) error {
	if !s.Repeatable {
		value, err := f.scalar(s.Name)
		if err != nil {
			return err
		}
		f.source[s.Name] = []given{{value, f.origin()}}
		return nil
	}
	if token, err := f.decoder.Token(); err != nil || token != json.Delim('{') {
		return cause(err, fmt.Errorf("setting %s is not an object of names and values", s.Name))
	}
	seen := map[string]bool{}
	for f.decoder.More() {
		name, err := f.name(seen)
		if err != nil {
			return err
		}
		value, err := f.scalar(s.Name + " " + name)
		if err != nil {
			return err
		}
		f.source[s.Name] = append(f.source[s.Name], given{name + "=" + value, f.origin()})
	}
	_, err := f.decoder.Token()
	return cause(err, nil)
}

// name reads the name of a member, which must be the first of that name.
func (f *fileReader) name(seen map[string]bool) (string, error) {
	token, err := f.decoder.Token()
	name, ok := token.(string)
	if err != nil || !ok {
		return "", cause(err, errForm)
	}
	if seen[name] {
		return "", fmt.Errorf("%q appears twice", name)
	}
	seen[name] = true
	return name, nil
}

// scalar reads a value that is a string or a number.
func (f *fileReader) scalar(what string) (string, error) {
	token, err := f.decoder.Token()
	if err != nil {
		return "", cause(err, nil)
	}
	switch value := token.(type) {
	case string:
		return value, nil
	case json.Number:
		return value.String(), nil
	case bool:
		if value {
			return "on", nil
		}
		return "off", nil
	default:
		return "", fmt.Errorf("setting %s is not a string, a number or a boolean", what)
	}
}

// cause returns err, with words of its own for the end of the file, or otherwise if
// err is nil.
func cause(err, otherwise error) error {
	switch {
	case err == nil:
		return otherwise
	case errors.Is(err, io.EOF):
		return errors.New("the file ends too early")
	default:
		return err
	}
}
