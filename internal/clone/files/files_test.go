package files_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"accord/internal/clone"
	"accord/internal/clone/files"
	"accord/internal/seed"
	"accord/internal/seed/compare"
	"accord/test/require"
)

// cli is a folder with outputs of the AWS CLI in the form of its documentation.
const cli = "testdata/cli"

func read(t *testing.T, source clone.Source) *seed.Document {
	t.Helper()
	d, err := clone.Read(t.Context(), source, clone.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func open(t *testing.T, folder string) *files.Folder {
	t.Helper()
	f, err := files.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOutputsOfTheCLIAreAnOrganization(t *testing.T) {
	f := open(t, cli)
	d := read(t, f)
	o := d.Organizations[0]
	var unread []string
	for _, u := range d.Unread {
		unread = append(unread, u.Operation+" "+u.Subject+": "+u.Error)
	}
	want := []string{
		"ListInboundResponsibilityTransfers : not saved; it is the output of: aws organizations list-inbound-responsibility-transfers --type BILLING",
		"ListOutboundResponsibilityTransfers : not saved; it is the output of: aws organizations list-outbound-responsibility-transfers --type BILLING",
		"ListTagsForResource rp-examplepolicy1: not saved; it is the output of: aws organizations list-tags-for-resource --resource-id rp-examplepolicy1",
	}
	if !slices.Equal(unread[:len(unread)-1], want) {
		t.Errorf("unread:\n%s", strings.Join(unread, "\n"))
	}
	if o.ID != "o-exampleorgid" || o.Management.ID != "111111111111" || o.Management.Name != "Management" || !slices.Equal(o.PolicyTypes, []string{"SERVICE_CONTROL_POLICY", "TAG_POLICY"}) {
		t.Errorf("organization %+v", o)
	}
	var tree []string
	for _, u := range o.Root.Units {
		tree = append(tree, u.Name)
		for _, a := range u.Accounts {
			tree = append(tree, a.Name+a.State)
		}
	}
	if got := strings.Join(tree, " "); got != "Development Developer RetiredCLOSED Production Production" {
		t.Errorf("tree: %s", got)
	}
	production, developer := o.Root.Units[1], o.Root.Units[0].Accounts[0]
	if !slices.Equal(production.WithoutDefault, []string{"SERVICE_CONTROL_POLICY"}) || len(developer.WithoutDefault) > 0 || len(o.Root.WithoutDefault) > 0 {
		t.Errorf("the default is detached from %q, %q and the root %q", production.WithoutDefault, developer.WithoutDefault, o.Root.WithoutDefault)
	}
	if len(production.Policies)+len(developer.Policies)+len(o.Root.Policies) != 3 {
		t.Errorf("attached: %q %q %q", production.Policies, developer.Policies, o.Root.Policies)
	}
	if got := developer.Joined.At; !got.Equal(time.Date(2016, 12, 15, 21, 2, 21, 44e6, time.UTC)) {
		t.Errorf("joined %v", got)
	}
	if len(developer.Tags) != 1 || len(o.Policies) != 2 || len(o.Policies[0].Tags) != 1 || !strings.Contains(o.Policies[0].Content, "s3:*") {
		t.Errorf("policies %+v", o.Policies)
	}
	if len(o.TrustedServices) != 1 || len(o.DelegatedAdministrators) != 1 || o.DelegationPolicy == nil || len(o.AccountCreations) != 2 || o.AccountCreations[0].State != "FAILED" {
		t.Errorf("organization %+v", o)
	}
	if h := o.Handshakes; len(h) != 1 || h[0].To != "juan@example.com" || !strings.Contains(h[0].Notes, "Juan") {
		t.Errorf("handshakes %+v", h)
	}
}

// copied is a copy of the folder with some files changed; an empty text takes one away.
func copied(t *testing.T, changed map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(cli)); err != nil {
		t.Fatal(err)
	}
	for name, text := range changed {
		path := filepath.Join(folder, name)
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestWhatIsNotSavedIsNoDifference: an output that is missing is listed, and the rest is read.
func TestWhatIsNotSavedIsNoDifference(t *testing.T) {
	require.Full(t)
	whole := read(t, open(t, cli))
	found, err := os.ReadDir(cli)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		name := file.Name()
		if name == "organization.json" || name == "whoami.json" || strings.HasPrefix(name, "accounts") || strings.HasPrefix(name, "parents") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			partial := read(t, open(t, copied(t, map[string]string{name: ""})))
			// Without the delegation policy, its tags are no longer missing.
			if len(partial.Unread) <= len(whole.Unread) && name != "delegation.json" {
				t.Errorf("unread: %+v", partial.Unread)
			}
			if report := compare.Documents(whole, partial); len(report.Changes) > 0 {
				t.Errorf("changes: %+v", report.Changes)
			}
		})
	}
}

// TestOutputsOfWindowsAreRead: PowerShell writes UTF-16, or UTF-8 with a mark, and both end lines
// with CR and LF.
func TestOutputsOfWindowsAreRead(t *testing.T) {
	whole := read(t, open(t, cli))
	names, err := filepath.Glob(filepath.Join(cli, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for form, encode := range map[string]func(text string) string{
		"UTF-8": func(text string) string { return "\xef\xbb\xbf" + text },
		"UTF-16, little-endian": func(text string) string {
			encoded := []byte("\xff\xfe")
			for _, unit := range utf16.Encode([]rune(text)) {
				encoded = binary.LittleEndian.AppendUint16(encoded, unit)
			}
			return string(encoded)
		},
		"UTF-16, big-endian": func(text string) string {
			encoded := []byte("\xfe\xff")
			for _, unit := range utf16.Encode([]rune(text)) {
				encoded = binary.BigEndian.AppendUint16(encoded, unit)
			}
			return string(encoded)
		},
	} {
		of := map[string]string{}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			of[filepath.Base(name)] = encode(strings.ReplaceAll(string(text), "\n", "\r\n"))
		}
		if report := compare.Documents(whole, read(t, open(t, copied(t, of)))); len(report.Changes) > 0 {
			t.Errorf("%s: %+v", form, report.Changes)
		}
	}
	for _, text := range []string{"\xff\xfe", "\xff\xfe{", "\xfe\xff\x00", "\xef\xbb\xbf"} {
		if _, err := files.Open(copied(t, map[string]string{"x.json": text})); err == nil || !strings.Contains(err.Error(), "x.json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFilesThatAreNotUnderstoodAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"empty":            {"tags-222222222222.json", " \n", "tags-222222222222.json: the file is empty"},
		"not JSON":         {"x.json", "{\"Accounts\": [\n{\n", "x.json: line 2: it is not a JSON object"},
		"a list":           {"x.json", "[]", "x.json: line 1: it is not a JSON object"},
		"something else":   {"x.json", `{"Buckets":[]}`, "x.json: it is neither a saved call nor the output"},
		"no ID":            {"tags.json", `{"Tags":[]}`, "tags.json: the output has Tags, and does not say of what"},
		"no list":          {"x.json", `{"Accounts":{"a":1}}`, "x.json: Accounts is not a list"},
		"account w/o ID":   {"x.json", `{"Accounts":[{}]}`, "x.json: Accounts: an entry has no Id"},
		"no saved call":    {"x.json", `{"operation":7}`, "x.json: it is not a saved call"},
		"numbers as pages": {"x.json", `{"Policies":[1]}`, "x.json: Policies"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := files.Open(copied(t, map[string]string{c.file: c.text}))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := files.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no file *.json") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := files.Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there")
	}
}

// pausing stops answering after so many calls, and counts.
type pausing struct {
	clone.Source
	mu     sync.Mutex
	left   int
	called []string
}

var errInterrupted = errors.New("interrupted")

func (p *pausing) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	p.mu.Lock()
	stopped := p.left == 0
	if !stopped {
		p.left--
		p.called = append(p.called, operation+" "+in.Subject())
	}
	p.mu.Unlock()
	if stopped {
		return nil, errInterrupted
	}
	return p.Source.Call(ctx, operation, in)
}

// TestAnInterruptedReadingGoesOn: what was saved is not asked again, wherever it was
// interrupted, and the result is the same.
func TestAnInterruptedReadingGoesOn(t *testing.T) {
	whole := read(t, open(t, cli))
	for _, after := range []int{1, 4, 20, 40} {
		folder := filepath.Join(t.TempDir(), "saved")
		first := &pausing{Source: open(t, cli), left: after}
		saved, err := files.Save(first, folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := clone.Read(t.Context(), saved, clone.Options{Parallel: 1}); !errors.Is(err, errInterrupted) {
			t.Fatalf("after %d calls: %v", after, err)
		}
		second := &pausing{Source: open(t, cli), left: -1}
		again, err := files.Save(second, folder)
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, again)
		for _, call := range second.called {
			// What identifies the organization is asked to compare it, and so is what was not there.
			if slices.Contains(first.called, call) && !strings.HasPrefix(call, "Describe") && !strings.HasPrefix(call, "GetCaller") && !strings.Contains(call, "Transfers") && !strings.Contains(call, "ListPolicies ") && !strings.Contains(call, "rp-") {
				t.Errorf("after %d calls: %s is asked again", after, call)
			}
		}
		if report := compare.Documents(whole, got); len(report.Changes) > 0 {
			t.Errorf("after %d calls: %+v", after, report.Changes)
		}
		if err := again.Finish(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		kept := open(t, folder)
		if report := compare.Documents(whole, read(t, kept)); len(report.Changes) > 0 {
			t.Errorf("from the folder: %+v", report.Changes)
		}
		if kept.Read().Year() != 2026 || kept.Read().Month() != 1 {
			t.Errorf("read %v", kept.Read())
		}
		if _, err := files.Save(second, folder); err == nil || !strings.Contains(err.Error(), "finished") {
			t.Errorf("a finished folder: %v", err)
		}
	}
}

// TestWhatContradictsItselfIsAskedAgain: an account was moved while pages were read, and was
// listed twice. The reading that goes on does not find the saved pages.
func TestWhatContradictsItselfIsAskedAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "saved")
	text, err := os.ReadFile(filepath.Join(cli, "accounts.json"))
	if err != nil {
		t.Fatal(err)
	}
	twice := open(t, copied(t, map[string]string{"more.json": string(text)}))
	for _, forget := range []bool{false, true} {
		saved, err := files.Save(twice, folder)
		if err != nil {
			t.Fatal(err)
		}
		_, err = clone.Read(t.Context(), saved, clone.Options{})
		contradiction, is := errors.AsType[*clone.Contradiction](err)
		if !is {
			t.Fatalf("error %v", err)
		}
		if forget {
			if err := saved.Forget(contradiction.Operation); err != nil {
				t.Fatal(err)
			}
		}
		again, err := files.Save(open(t, cli), folder)
		if err != nil {
			t.Fatal(err)
		}
		// Without forgetting, the control, it stays as it is.
		if _, err := clone.Read(t.Context(), again, clone.Options{}); (err == nil) != forget {
			t.Errorf("forgotten %v: error %v", forget, err)
		}
	}
}

func TestAFolderOfAnotherOrganizationIsRefused(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "saved")
	saved, err := files.Save(open(t, cli), folder)
	if err != nil {
		t.Fatal(err)
	}
	read(t, saved)
	text, err := os.ReadFile(filepath.Join(cli, "organization.json"))
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, copied(t, map[string]string{"organization.json": strings.ReplaceAll(string(text), "o-exampleorgid", "o-otherorgid")}))
	again, err := files.Save(other, folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.Read(t.Context(), again, clone.Options{}); err == nil || !strings.Contains(err.Error(), "has a reading of o-exampleorgid, and this is o-otherorgid") {
		t.Errorf("error %v", err)
	}
	if _, err := files.Save(other, cli); err == nil || !strings.Contains(err.Error(), "which is not of a reading") {
		t.Errorf("a folder with other files: %v", err)
	}
}

// FuzzFolder: whatever a file holds, a folder is refused with its name or read to an end.
func FuzzFolder(f *testing.F) {
	found, err := os.ReadDir(cli)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range found {
		text, err := os.ReadFile(filepath.Join(cli, file.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file.Name(), string(text))
	}
	f.Add("call.json", `{"operation":"ListRoots","input":{"Filter":{"ParentHandshakeId":"h-1"}},"output":{}}`)
	f.Add("finished.json", `{"read":"2026-01-05T09:00:00Z"}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		if !filepath.IsLocal(name) || filepath.Base(name) != name || strings.ContainsRune(name, 0) || len(name) > 200 {
			return
		}
		folder := t.TempDir()
		organization := `{"Organization":{"Id":"o-exampleorgid","MasterAccountId":"111111111111"}}`
		for name, text := range map[string]string{name: text, "o.json": organization} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				return
			}
		}
		opened, err := files.Open(folder)
		if err != nil {
			if !strings.HasPrefix(err.Error(), folder) {
				t.Errorf("the error names no file: %v", err)
			}
			return
		}
		if _, err := clone.Read(t.Context(), opened, clone.Options{}); err != nil && strings.Contains(err.Error(), "panic") {
			t.Error(err)
		}
	})
}
