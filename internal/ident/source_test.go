package ident

import (
	"strings"
	"testing"
)

// An ID that is not random could be one that exists.
func TestWithoutRandomnessNoIdentifierIsMade(t *testing.T) {
	s := &Source{read: strings.NewReader("too short")}
	defer func() {
		if recover() == nil {
			t.Error("an identifier was made")
		}
	}()
	s.Handshake()
}
