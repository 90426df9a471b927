package page_test

import (
	"bytes"
	"testing"

	"accord/internal/page"
)

var (
	key    = bytes.Repeat([]byte{7}, 32)
	scope  = page.Scope{Operation: "ListAccounts", Account: "111111111111", Parameters: []string{"r-ab12"}}
	cursor = page.Cursor{At: 1790000000123456, Sequence: 7}
)

func TestOpenReturnsTheSealedCursor(t *testing.T) {
	s := page.NewSealer(key)
	for _, p := range []page.Cursor{cursor, page.First, page.Newest, {}} {
		got, err := s.Open(scope, s.Seal(scope, p))
		if err != nil || got != p {
			t.Errorf("%v came back as %v, %v", p, got, err)
		}
	}
}

func TestATokenSurvivesARestart(t *testing.T) {
	token := page.NewSealer(key).Seal(scope, cursor)
	if _, err := page.NewSealer(key).Open(scope, token); err != nil {
		t.Error(err)
	}
}

func TestATokenIsBoundToItsScope(t *testing.T) {
	s := page.NewSealer(key)
	token := s.Seal(scope, cursor)
	for name, q := range map[string]page.Scope{
		"another operation": {Operation: "ListRoots", Account: scope.Account, Parameters: scope.Parameters},
		"another account":   {Operation: scope.Operation, Account: "333333333333", Parameters: scope.Parameters},
		"another parameter": {Operation: scope.Operation, Account: scope.Account, Parameters: []string{"r-cd34"}},
		"fewer parameters":  {Operation: scope.Operation, Account: scope.Account},
		"shifted parts":     {Operation: scope.Operation + "1", Account: scope.Account[1:], Parameters: scope.Parameters},
	} {
		if _, err := s.Open(q, token); err != page.ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := page.NewSealer(bytes.Repeat([]byte{8}, 32)).Open(scope, token); err != page.ErrInvalid {
		t.Errorf("another key: %v", err)
	}
}

func TestAnAlteredTokenIsInvalid(t *testing.T) {
	s := page.NewSealer(key)
	token := s.Seal(scope, cursor)
	for i := range token {
		altered := []byte(token)
		if altered[i]++; altered[i] == token[i] {
			continue
		}
		if p, err := s.Open(scope, string(altered)); err == nil {
			t.Errorf("byte %d changed: opened as %v", i, p)
		}
	}
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", token + "=", " " + token, token[:9] + "\r" + token[9:], token + "\n"} {
		if _, err := s.Open(scope, bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := page.NewSealer(key)
	f.Add(s.Seal(scope, cursor))
	f.Add("")
	f.Add("AQICAH")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := s.Open(scope, token)
		if err == nil && s.Seal(scope, p) != token {
			t.Errorf("%q is a second token of %v", token, p)
		}
	})
}
