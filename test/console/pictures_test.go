package console_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

// inDocs are the pages whose pictures docs/console.md has.
var inDocs = []string{"home", "organization", "handshakes", "handshake", "time"}

// TestPictures makes pictures of the main pages; ACCORD_PICTURES names their folder. With
// ACCORD_PICTURES_OF=all they are those of every page in every state, at each width, light and
// dark, for a person to look at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("ACCORD_PICTURES")
	if folder == "" {
		require.Long(t)
		folder = t.TempDir()
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	require.Chromium(t)
	scripts := npm.Install(t, "scenarios")
	s := process.Start(t, "--clock", "virtual", "--behavior", "email-verification=off")
	every := os.Getenv("ACCORD_PICTURES_OF") == "all"
	if every {
		run(t, s, scripts, "shots.mjs", append([]string{folder}, named("empty", paths("", "h-00000000000000000000000000000000"))...)...)
	}
	waits := furnish(t, s)
	if !every {
		t.Setenv("WIDTHS", "1120")
		t.Setenv("HEIGHT", "540")
		t.Setenv("SCHEMES", "light")
		t.Setenv("WHOLE", "off")
	}
	pictures := named("", paths(alice, waits))
	if !every {
		pictures = slices.DeleteFunc(pictures, func(p string) bool {
			name, path, _ := strings.Cut(p, "=")
			return !slices.Contains(inDocs, name) || name == "organization" && !strings.HasPrefix(path, "/console/organization?")
		})
		if len(pictures) != len(inDocs) {
			t.Errorf("pictures of %v, of %v are wanted", pictures, inDocs)
		}
	}
	run(t, s, scripts, "shots.mjs", append([]string{folder}, pictures...)...)
	if every {
		run(t, s, scripts, "shots.mjs", folder, "link=/console/nowhere", "sign-in=/console/sign-in", "unknown=/console/handshakes?as=999999999999",
			"choose=/console/handshakes", "way=/console/time?since=0", "gone=/console/handshakes/h-00000000000000000000000000000000?as="+alice)
		var more []string
		for name, path := range furnishPolicies(t, s) {
			more = append(more, name+"="+path)
		}
		run(t, s, scripts, "shots.mjs", append([]string{folder}, more...)...)
		run(t, s, scripts, "refused.mjs", folder)
	}
}

// named are the arguments of the script that makes pictures: a name before each path.
func named(state string, paths []string) []string {
	var all []string
	for _, path := range paths {
		name := strings.Trim(strings.TrimPrefix(strings.SplitN(path, "?", 2)[0], "/console"), "/")
		switch {
		case name == "":
			name = "home"
		case strings.HasPrefix(name, "handshakes/"):
			name = "handshake"
		case strings.HasPrefix(name, "policies/p-"):
			name = "policy"
		default:
			name = strings.ReplaceAll(name, "/", "-")
		}
		if state != "" {
			name += "-" + state
		}
		all = append(all, name+"="+path)
	}
	return all
}
