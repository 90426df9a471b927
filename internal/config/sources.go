package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"accord/internal/spelling"
)

// Input holds what the command line gave: the name of a setting to its values in
// the order in which they stood. Of a setting that is not repeatable the last
// one counts.
type Input map[string][]string

// Flag returns the flag of a setting, which adds to g what it is given.
func (in Input) Flag(s Setting) *Flag { return &Flag{input: in, setting: s} }

// Flag is the flag of one setting.
type Flag struct {
	input   Input
	setting Setting
}

// Set notes a value. It is judged by Load, together with all others.
func (f *Flag) Set(value string) error {
	f.input[f.setting.Name] = append(f.input[f.setting.Name], value)
	return nil
}

// String returns the values given, or else the default.
func (f *Flag) String() string {
	if values := f.input[f.setting.Name]; len(values) > 0 {
		return strings.Join(values, ",")
	}
	return f.setting.Default
}

// Type returns what stands for the value in a line of help.
func (f *Flag) Type() string { return f.setting.placeholder() }

// written is a value and where it stood.
type given struct{ value, origin string }

// source says for people where the value stood; nothing for a default.
func (w given) from() string {
	if w.origin == "" {
		return ""
	}
	return " (" + w.origin + ")"
}

// source is one place that settings come from: the name of a setting to its
// values.
type source map[string][]given

// sources are all places, the one that wins first.
type sources []source

// find returns the value in force of a setting that is not repeatable.
func (from sources) find(name string) (given, bool) {
	for _, s := range from {
		if values := s[name]; len(values) > 0 {
			return values[len(values)-1], true
		}
	}
	return given{}, false
}

// pairs puts the name=value pairs of a repeatable setting together. alias, if
// there is one, is a setting that stands for the pair of the same name.
func (from sources) pairs(name, alias string, mistakes *errorList) map[string]string {
	setting, _ := find(name)
	all := map[string]string{}
	for _, s := range slices.Backward(from) {
		own := map[string]string{}
		for _, w := range s[name] {
			key, value, ok := strings.Cut(w.value, "=")
			if !ok || key == "" {
				mistakes.add(setting.notAllowed(w))
				continue
			}
			own[key] = value
		}
		for _, w := range s[alias] {
			if other, both := own[alias]; both && other != w.value {
				mistakes.add(fmt.Errorf("setting %s: %q%s is not allowed beside %s %s=%s; give one of them", alias, w.value, w.from(), name, alias, other))
			}
			own[alias] = w.value
		}
		maps.Copy(all, own)
	}
	return all
}

// commandLine is the source of flags.
func commandLine(input Input, mistakes *errorList) source {
	s := source{}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		if _, ok := find(name); !ok {
			mistakes.add(spelling.Unknown("setting", name, settingNames()))
		}
		for _, value := range input[name] {
			s[name] = append(s[name], given{value, "--" + name})
		}
	}
	return s
}

// environment is the source of variables.
func environment(env func(string) string) source {
	s := source{}
	for _, setting := range settings {
		value := env(setting.Env())
		if value == "" {
			continue
		}
		values := []string{value}
		if setting.Repeatable {
			values = strings.Split(value, ",")
		}
		for _, v := range values {
			s[setting.Name] = append(s[setting.Name], given{strings.TrimSpace(v), setting.Env()})
		}
	}
	return s
}

// file is the source that one JSON object is: members are named like settings,
// values are text or numbers, and those of a repeatable setting objects of such.
func file(path given, readFile func(string) ([]byte, error), mistakes *errorList) source {
	text, err := readFile(path.value)
	if err != nil {
		mistakes.add(fmt.Errorf("setting config: %q%s cannot be read: %w", path.value, path.from(), err))
		return nil
	}
	f := fileReader{decoder: json.NewDecoder(bytes.NewReader(text)), path: path.value, errs: mistakes, source: source{}}
	f.decoder.UseNumber()
	if err := f.read(); err != nil {
		line := 1 + bytes.Count(text[:f.decoder.InputOffset()], []byte("\n"))
		mistakes.add(fmt.Errorf("file %s, line %d: %w", path.value, line, err))
	}
	return f.source
}

// fileReader reads token by token, because a member that stands twice must not
// win silently.
type fileReader struct {
	decoder *json.Decoder
	path    string
	errs    *errorList
	source  source
}

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
			return errors.New("setting config cannot stand in the file itself")
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
		return errors.New("something stands behind the object of settings")
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
		f.source[s.Name] = []given{{value, f.path}}
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
		f.source[s.Name] = append(f.source[s.Name], given{name + "=" + value, f.path})
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
		return "", fmt.Errorf("%q stands twice", name)
	}
	seen[name] = true
	return name, nil
}

// scalar reads a value that is text or a number.
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
	default:
		return "", fmt.Errorf("setting %s is neither text nor a number", what)
	}
}

// cause returns err, told as the end of the file where it is that, or otherwise
// when there is none.
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
