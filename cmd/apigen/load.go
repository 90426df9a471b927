package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Load reads the facts of one service from the folder of the model and checks
// that they fit together.
func Load(folder, service string) (*Model, error) {
	m := new(Model)
	if err := read(folder, service+".json", m); err != nil {
		return nil, err
	}
	var access map[string]map[string]Access
	if err := read(folder, "access.json", &access); err != nil {
		return nil, err
	}
	var messages map[string]map[string]Message
	if err := read(folder, "messages.json", &messages); err != nil {
		return nil, err
	}
	m.access, m.messages = access[service], messages[service]
	if problems := m.problems(); len(problems) > 0 {
		return nil, fmt.Errorf("model of %s:\n\t%s", service, strings.Join(problems, "\n\t"))
	}
	return m, nil
}

func read(folder, name string, into any) error {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	if err := decodeStrictly(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
