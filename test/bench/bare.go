//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// record calls an operation and keeps its answer for the bare handler.
func (a canned) record(c *connection, account, operation, input string) error {
	if err := c.call(account, operation, input); err != nil {
		return err
	}
	header := http.Header{}
	for line := range strings.Lines(string(c.header)) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ": ")
		// net/http writes the date itself, whoever answers.
		if found && name != "Date" {
			header[name] = []string{value}
		}
	}
	answer := a[operation]
	answer.Header, answer.Body = header, string(c.body)
	a[operation] = answer
	return nil
}

// launchBare starts the handler that sends the recorded answers.
func (b *bench) launchBare(answers canned) (*process, error) {
	c, err := asChild(bare)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return nil, err
	}
	c.Stdin = strings.NewReader(string(text))
	return b.launch(c)
}
