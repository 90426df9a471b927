// Package mail writes the mail that the service sends to the owners of accounts: one
// constructor for each occasion, in plain text.
//
// It is pure: it turns values into text. It sends nothing and stores nothing.
package mail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// MessageKind is the kind of outbox messages that carry mail.
const MessageKind = "mail"

// Message is one mail to one address.
type Message struct {
	// To is the address. It holds no line break.
	To string `json:"to"`
	// Subject holds no line break and no control character, whatever the names in it
	// hold.
	Subject string `json:"subject"`
	// Text is the body: plain text, its lines ended by "\n".
	Text string `json:"text"`
}

// JSON writes the message on one line.
func (m Message) JSON() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// A struct of three strings always encodes.
	_ = e.Encode(m)
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads the output of Message.JSON.
func Parse(text string) (Message, error) {
	var m Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return Message{}, fmt.Errorf("reading a mail: %w", err)
	}
	return m, nil
}

// subjectLength bounds the subject in characters: a header line has at most 998.
// [RFC 5322]
const subjectLength = 200

// message builds a mail. Paragraphs are separated by empty lines; empty ones are
// omitted.
func message(to, subject string, paragraphs ...string) Message {
	subject = line(subject)
	if r := []rune(subject); len(r) > subjectLength {
		subject = string(r[:subjectLength-1]) + "…"
	}
	var text []string
	for _, p := range append(paragraphs, signature) {
		if p != "" {
			text = append(text, p)
		}
	}
	return Message{To: line(to), Subject: subject, Text: strings.Join(text, "\n\n") + "\n"}
}

const signature = "Sincerely,\nThe AWS Organizations service"

// line makes user input one line: line breaks and control characters become spaces,
// so that a name cannot add a header or a paragraph. It does not begin with the
// quotation mark ">": a paragraph that begins with such a name would look quoted.
func line(s string) string {
	return strings.TrimLeft(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " "), "> ")
}

// quote marks each line of user input, so that it cannot look like text of the
// service.
func quote(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+strings.Map(printable, l), " ")
	}
	return strings.Join(lines, "\n")
}

// printable drops control characters, except for tabs.
func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return -1
	}
	return r
}
