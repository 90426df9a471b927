package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"accord/internal/spelling"
)

// Input holds the flags of the command line: the name of a setting to its values,
// in order. The last value of a setting that is not repeatable wins.
type Input map[string][]string

// Flag returns the flag of a setting, which adds its values to the input.
func (in Input) Flag(s Setting) *Flag { return &Flag{input: in, setting: s} }

// Flag is the flag of one setting.
type Flag struct {
	input   Input
	setting Setting
}

// Set adds a value. Load validates it together with all others.
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

// Type returns the placeholder of the value in a line of help.
func (f *Flag) Type() string { return f.setting.placeholder() }

// source is one origin of settings: the name of a setting to its values.
type source map[string][]given

// sources are all origins; the first one wins.
type sources []source

// find returns the value in force of a setting that is not repeatable.
func (all sources) find(name string) (given, bool) {
	for _, s := range all {
		if values := s[name]; len(values) > 0 {
			return values[len(values)-1], true
		}
	}
	return given{}, false
}

// pairs merges the name=value pairs of a repeatable setting. alias, if there is
// one, is a setting that stands for the pair of the same name.
func (all sources) pairs(name, alias string, errs *errorList) map[string]given {
	setting, _ := find(name)
	merged := map[string]given{}
	for _, s := range slices.Backward(all) {
		own := map[string]given{}
		for _, g := range s[name] {
			key, value, ok := strings.Cut(g.value, "=")
			if !ok || key == "" {
				errs.add(setting.notAllowed(g))
				continue
			}
			own[key] = given{value, g.origin}
		}
		for _, g := range s[alias] {
			if other, both := own[alias]; both && other.value != g.value {
				errs.add(fmt.Errorf("setting %s: %q%s is not allowed beside %s %s=%s; give one of them", alias, g.value, g.from(), name, alias, other.value))
			}
			own[alias] = g
		}
		maps.Copy(merged, own)
	}
	return merged
}

// commandLine returns the source of flags.
func commandLine(input Input, errs *errorList) source {
	s := source{}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		if _, ok := find(name); !ok {
			errs.add(spelling.Unknown("setting", name, settingNames()))
		}
		for _, value := range input[name] {
			s[name] = append(s[name], given{value, Origin{FromFlag, "--" + name}})
		}
	}
	return s
}

// environment returns the source of variables.
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
			s[setting.Name] = append(s[setting.Name], given{strings.TrimSpace(v), Origin{FromEnvironment, setting.Env()}})
		}
	}
	return s
}

// UnknownVariables returns a warning for each environment variable that begins as
// those of settings do and is none, nor one of the others: it has no effect.
func UnknownVariables(environ []string, others ...string) []string {
	const prefix = "ACCORD_"
	known := slices.Clone(others)
	for _, s := range settings {
		known = append(known, s.Env())
	}
	names := make([]string, len(known))
	for i, name := range known {
		names[i] = strings.TrimPrefix(name, prefix)
	}
	var warnings []string
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		// Those of the tests of Accord itself are no settings.
		own := strings.HasPrefix(name, prefix+"TEST_") || name == prefix+"REQUIRE" || name == prefix+"LONG"
		if strings.HasPrefix(name, prefix) && !own && !slices.Contains(known, name) {
			warnings = append(warnings, fmt.Sprintf("the environment variable %.80s has no effect%s", name,
				spelling.Suggest(strings.TrimPrefix(name, prefix), names)))
		}
	}
	return warnings
}

// errorList collects errors, so that one start reports all of them.
type errorList []error

func (l *errorList) add(err error) {
	if err != nil {
		*l = append(*l, err)
	}
}

// valuesOf and originsOf are what pairs are made of.
func valuesOf(pairs map[string]given) map[string]string {
	values := map[string]string{}
	for name, g := range pairs {
		values[name] = g.value
	}
	return values
}

func originsOf(pairs map[string]given) map[string]Origin {
	origins := map[string]Origin{}
	for name, g := range pairs {
		origins[name] = g.origin
	}
	return origins
}
