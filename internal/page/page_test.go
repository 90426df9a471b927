package page_test

import (
	"bytes"
	"testing"

	"accord/internal/page"
)

var (
	key      = bytes.Repeat([]byte{7}, 32)
	question = page.Scope{Operation: "ListAccounts", Account: "111111111111", Parameters: []string{"r-ab12"}}
	position = page.Cursor{At: 1790000000123456, ID: "222222222222"}
)

func TestATokenLeadsBackToItsPosition(t *testing.T) {
	s := page.NewSealer(key)
	for _, p := range []page.Cursor{position, page.First, page.Newest, {}} {
		got, err := s.Open(question, s.Seal(question, p))
		if err != nil || got != p {
			t.Errorf("%v came back as %v, %v", p, got, err)
		}
	}
}

func TestATokenSurvivesARestart(t *testing.T) {
	token := page.NewSealer(key).Seal(question, position)
	if _, err := page.NewSealer(key).Open(question, token); err != nil {
		t.Error(err)
	}
}

func TestATokenAnswersOneQuestionOnly(t *testing.T) {
	s := page.NewSealer(key)
	token := s.Seal(question, position)
	for name, q := range map[string]page.Scope{
		"another operation": {Operation: "ListRoots", Account: question.Account, Parameters: question.Parameters},
		"another account":   {Operation: question.Operation, Account: "333333333333", Parameters: question.Parameters},
		"another parameter": {Operation: question.Operation, Account: question.Account, Parameters: []string{"r-cd34"}},
		"fewer parameters":  {Operation: question.Operation, Account: question.Account},
		"shifted parts":     {Operation: question.Operation + "1", Account: question.Account[1:], Parameters: question.Parameters},
	} {
		if _, err := s.Open(q, token); err != page.ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := page.NewSealer(bytes.Repeat([]byte{8}, 32)).Open(question, token); err != page.ErrInvalid {
		t.Errorf("another installation: %v", err)
	}
}

func TestAnAlteredTokenIsRefused(t *testing.T) {
	s := page.NewSealer(key)
	token := s.Seal(question, position)
	for i := range token {
		altered := []byte(token)
		if altered[i]++; altered[i] == token[i] {
			continue
		}
		if p, err := s.Open(question, string(altered)); err == nil {
			t.Errorf("byte %d changed: opened as %v", i, p)
		}
	}
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", token + "=", " " + token, token[:9] + "\r" + token[9:], token + "\n"} {
		if _, err := s.Open(question, bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := page.NewSealer(key)
	f.Add(s.Seal(question, position))
	f.Add("")
	f.Add("AQICAH")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := s.Open(question, token)
		if err == nil && s.Seal(question, p) != token {
			t.Errorf("%q is a second token of %v", token, p)
		}
	})
}
