package config_test

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/config"
)

func TestFlagsFitACommandLine(t *testing.T) {
	given := config.Input{}
	line := flag.NewFlagSet("accord", flag.ContinueOnError)
	line.SetOutput(io.Discard)
	for _, s := range config.Settings() {
		f := given.Flag(s)
		if f.String() != s.Default {
			t.Errorf("flag %s shows %q before it is given, want the default %q", s.Name, f.String(), s.Default)
		}
		if f.Type() == "" {
			t.Errorf("flag %s has no form", s.Name)
		}
		line.Var(f, s.Name, s.Help)
	}
	if err := line.Parse(strings.Fields("--store memory --behavior direct-transfer=on --behavior scp-on-create=on --clock=virtual --clock system")); err != nil {
		t.Fatal(err)
	}
	want := config.Input{"store": {"memory"}, "behavior": {"direct-transfer=on", "scp-on-create=on"}, "clock": {"virtual", "system"}}
	if diff := cmp.Diff(want, given); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := line.Lookup("behavior").Value.String(); got != "direct-transfer=on,scp-on-create=on" {
		t.Errorf("flag behavior shows %q", got)
	}
	c := inputs{flags: given}.mustLoad(t)
	if c.Store != "memory" || c.Clock != config.System || !c.Behavior.DirectTransfer || !c.Behavior.SCPOnCreate {
		t.Errorf("got %+v", c)
	}
}
