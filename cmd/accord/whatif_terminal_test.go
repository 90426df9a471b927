//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accord/internal/cli"
	"accord/test/process"
	"accord/test/require"
)

// fifo is a pipe with a name, into which a test writes records as long as it wants.
func fifo(t *testing.T, records int) (name string, end func()) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "events.ndjson")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	ended, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		// It opens when the program reads it, and breaks when that ends.
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		_, _ = file.WriteString(strings.Repeat(leaving, records))
		<-ended
		_ = file.Close()
	}()
	return name, func() { close(ended); <-written }
}

// clear is what takes a line away from a terminal.
const clear = "\r\x1b[K"

// TestAWhatIfShowsHowFarItIs: on a terminal, and nothing of it is left there; the report has
// none of it.
func TestAWhatIfShowsHowFarItIs(t *testing.T) {
	require.Full(t)
	s, _ := tried(t)
	write(t, map[string]string{"guard.json": guard})
	events, end := fifo(t, 1500)
	args := []string{"whatif", "--admin", s.AdminURL, "--attach", "guard.json", "--target", "root"}

	run := process.OnTerminal(t, args...)
	if status := run.Wait(t); status.ExitStatus() != int(cli.Different) {
		t.Errorf("it ended with %d", status.ExitStatus())
	}
	bar := clear + "[" + strings.Repeat("#", 30) + "] 2 of 2 accounts" + clear
	if screen := run.Screen(); !strings.HasPrefix(screen, clear+"["+strings.Repeat(" ", 30)+"] 0 of 2 accounts") || !strings.HasSuffix(screen, bar) {
		t.Errorf("the terminal shows %q", screen)
	}
	if out := run.Output(); strings.Contains(out, "\x1b") || !strings.Contains(out, "1 would be denied") {
		t.Errorf("the report is %q", out)
	}

	run = process.OnTerminal(t, append(args, "--events", events)...)
	run.Shows(t, clear+"1024 records")
	end()
	if status := run.Wait(t); status.ExitStatus() != int(cli.Different) || !strings.HasSuffix(run.Screen(), clear) || !strings.Contains(run.Output(), "1500 would be denied") {
		t.Errorf("it ended with %d, shows %q and reports %q", status.ExitStatus(), run.Screen(), run.Output())
	}

	var plain bytes.Buffer
	cli.NewProgress(&plain, "accounts").Show(1, 2)
	if plain.Len() > 0 {
		t.Errorf("what is no terminal gets %q", plain.String())
	}
}

// TestAnInterruptEndsAWhatIf at once, in the middle of a file that does not end. It leaves
// nothing on the server, and no file.
func TestAnInterruptEndsAWhatIf(t *testing.T) {
	require.Full(t)
	s, _ := tried(t)
	write(t, map[string]string{"guard.json": guard})
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	events, end := fifo(t, 1500)
	defer end()
	id := modelOf(t, s, "", "111111111111")
	before := modelText(t, s, id)
	run := process.OnTerminal(t, "whatif", "--admin", s.AdminURL, "--attach", "guard.json", "--target", "root", "--events", events)
	run.Shows(t, "1024 records")
	// What a terminal makes of Ctrl-C.
	run.Type(t, "\x03")
	status := run.Wait(t)
	if !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %d, by %v", status.ExitStatus(), status.Signal())
	}
	if out := run.Output(); out != "" {
		t.Errorf("it printed %q", out)
	}
	if after := modelText(t, s, id); after != before {
		t.Errorf("the organization is\n%s\nwas\n%s", after, before)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	on(t, s, "whatif", "--attach", "guard.json", "--target", "root", "--fail-on", "none")
}
