package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAVisitorLearnsWhatThisIs(t *testing.T) {
	b := start(t)
	r, err := http.Get(b.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") ||
		!strings.Contains(string(text), "things, tokens") {
		t.Errorf("%v, %d %s", err, r.StatusCode, text)
	}
}
