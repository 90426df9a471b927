package awsquery

import (
	"iter"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"accord/internal/api"
	"accord/internal/protocol"
)

// formType is the media type of parameters in a body.
const formType = "application/x-www-form-urlencoded"

// maxDepth is how many names a parameter may join with dots. No shape of IAM or
// STS comes near it; deeper ones can only be unknown, and unknown parameters are
// ignored. [recorded]
const maxDepth = 16

// maxParameters bounds the memory of the tree that a small body can ask for. It
// is far above what any operation takes.
const maxParameters = 10_000

// sources returns the texts that carry parameters: the query string, and the
// body where it is a form.
func sources(m *protocol.Message) ([]string, error) {
	texts := []string{m.URL.RawQuery}
	if m.Method == http.MethodPost && m.MediaType() == formType {
		body, err := m.Bytes()
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(body))
	}
	return texts, nil
}

// pairs gives the name and the value of each parameter, still escaped.
func pairs(texts []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, text := range texts {
			for pair := range strings.SplitSeq(text, "&") {
				name, value, _ := strings.Cut(pair, "=")
				if name != "" && !yield(name, value) {
					return
				}
			}
		}
	}
}

// parameter returns the first value of a top-level parameter, whose name clients
// never escape.
func parameter(m *protocol.Message, name string) (value string, found bool, err error) {
	texts, err := sources(m)
	if err != nil {
		return "", false, err
	}
	for n, v := range pairs(texts) {
		if n == name {
			value, err := unescape(v)
			return value, true, err
		}
	}
	return "", false, nil
}

// readForm returns the tree of all parameters.
func readForm(m *protocol.Message) (*api.Form, error) {
	texts, err := sources(m)
	if err != nil {
		return nil, err
	}
	form, count := new(api.Form), 0
	for n, v := range pairs(texts) {
		if count++; count > maxParameters {
			return nil, protocol.Serialization("The request has too many parameters.")
		}
		name, err := unescape(n)
		if err != nil {
			return nil, err
		}
		value, err := unescape(v)
		if err != nil {
			return nil, err
		}
		if strings.Count(name, ".") >= maxDepth {
			continue
		}
		if !form.Insert(name, value) {
			return nil, protocol.Serialization("A parameter appears twice in the request.")
		}
	}
	return form, nil
}

// unescape reads one escaped name or value. As everywhere on the wire, text is
// UTF-8 without NUL.
func unescape(s string) (string, error) {
	text, err := url.QueryUnescape(s)
	if err != nil || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return "", protocol.Serialization("A parameter of the request is not well-formed text.")
	}
	return text, nil
}
