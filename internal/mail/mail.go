// Package mail writes the messages that the service sends to the owners of
// accounts: one constructor for each occasion, plain text, in our own words.
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

// MessageKind is the kind of the letters that carry messages.
const MessageKind = "mail"

// Message is one mail to one address.
type Message struct {
	// To is the address. It holds no line break.
	To string `json:"to"`
	// Subject holds no line break and no control character, whatever the names are
	// that it is made of.
	Subject string `json:"subject"`
	// Text is the body: plain text, its lines ended by "\n".
	Text string `json:"text"`
}

// JSON writes the message on one line.
func (m Message) JSON() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// A structure of three texts can be written.
	_ = e.Encode(m)
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads what JSON wrote.
func Parse(text string) (Message, error) {
	var m Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return Message{}, fmt.Errorf("not a message: %w", err)
	}
	return m, nil
}

// subjectLength bounds the subject in characters: the line of a header is to stay
// below 998. [RFC 5322]
const subjectLength = 200

// message puts a mail together. Paragraphs are set apart by an empty line, and
// empty ones are left out.
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

// line makes one line of a text that people wrote: breaks and control characters
// become blanks, so that a name cannot add a header or a paragraph of its own. It
// does not begin with the mark of a quotation: a name that begins a paragraph would
// make ours pass for somebody else's.
func line(s string) string {
	return strings.TrimLeft(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " "), "> ")
}

// quote marks each line of a text that somebody else wrote, so that it cannot
// pass for ours.
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
