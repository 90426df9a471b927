package organizations

import (
	"testing"

	"accord/internal/handshake"
)

// TestEveryEffectOfTheTableIsBuilt: the table of handshakes and what the service
// can do name the same effects.
func TestEveryEffectOfTheTableIsBuilt(t *testing.T) {
	actions := (&Service{}).actions()
	named := map[handshake.Effect]bool{}
	for kind, rule := range handshake.Rules {
		for event, move := range rule.Moves {
			named[move.Effect] = true
			if _, built := actions.Effects[move.Effect]; !built {
				t.Errorf("%s: the effect %q of %s is not built", kind, move.Effect, event)
			}
		}
	}
	for effect := range actions.Effects {
		if !named[effect] {
			t.Errorf("no move has the effect %q", effect)
		}
	}
	for effect := range actions.Preconditions {
		if !named[effect] {
			t.Errorf("no move has the effect %q, which has a precondition", effect)
		}
	}
}
