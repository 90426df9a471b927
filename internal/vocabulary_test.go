package internal_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words are those that we do not use, as a regular expression, with what to write
// instead. Case does not matter.
var words = []struct{ not, instead string }{
	{`rooms?`, "package"},
	{`second listener|operator's listener|people's side`, "admin API"},
	{`ways? in`, "listener, transport, entry point"},
	{`letters`, "messages; characters"},
	{`verbs|nouns`, "operations; domain types"},
	{`overdue|settle[sd]?|settling|due work`, "job, run pending jobs"},
	{`poke[sd]?|pokeat`, "Notify, WakeBy"},
	{`who waits|nobody waits|statements that nobody`, "waiting writers; the component's name"},
	{`the middle of (all|the) rounds|core second`, "median; CPU-second"},
	{`is no json`, "is not valid JSON"},
	{`way to the database|there and back`, "round trip"},
	{`places that stay`, "reusable scan buffers"},
	{`crowds?`, "group commit"},
	{`machine('s)? clock`, "system clock"},
	{`installations?`, "app, server"},
	{`people made`, "created by users"},
	{`somebody|someone else`, "the component's name"},
	{`mistakes?|trouble`, "error, diagnostic"},
	{`lawful|unlawful`, "valid"},
	{`estate|newworld|liars`, "fixture; negative control"},
	{`fault rule`, "injected fault"},
	{`near names`, "did you mean"},
	{`stands? twice`, "appears twice"},
	{`cancelled|cancelling|behaviours?|serialis\w+|initialis\w+|organisations?|modelled|honour\w*|colour\w*|recognis\w+`, "American spelling"},
}

// permitted are uses of a word that are right, by file or folder.
var permitted = []struct{ in, word, why string }{
	{"internal/policy/", "letters", "of an alphabet"},
	{"internal/ident/", "letters", "of an alphabet"},
	{"internal/spelling/", "letters", "of an alphabet"},
	{"internal/protocol/", "stands twice", "the text of an error, on the wire"},
	{"internal/identity/", "stands twice", "the text of an error, on the wire"},
	{"internal/policy/document/", "is no json", "the text of an error, on the wire"},
	{"internal/mail/", "installation", "the text of a mail"},
	{"internal/policy/", "somebody", "an account of a test"},
	{"CHANGELOG.md", "second listener", "what the change was about"},
}

// unclean are files and folders that do not keep the vocabulary yet. The list may only
// become shorter.
var unclean = []string{
	"internal/admin/admin_test.go",
	"docs/performance.md", "internal/store/",
}

// unsearched are files whose text is not ours, and this one.
var unsearched = []string{
	"internal/vocabulary_test.go", "LICENSE", "go.sum", "model/", "test/golden/exchanges/", "test/status/evidence.txt", "docs/status.md",
}

// TestTheVocabulary: code, comments, messages and docs use the standard term for each
// idea. CONTRIBUTING.md says which.
func TestTheVocabulary(t *testing.T) {
	used := make([]bool, len(permitted))
	var patterns []*regexp.Regexp
	for _, w := range words {
		patterns = append(patterns, regexp.MustCompile(`(?i)\b(`+w.not+`)\b`))
	}
	err := walk(func(name string) error {
		skipped := append(unclean, unsearched...)
		searched := slices.Contains([]string{".go", ".md", ".sh", ".mjs", ".py", ".sql", ""}, path.Ext(name)) && !strings.HasSuffix(name, "_gen.go")
		if !searched || slices.ContainsFunc(skipped, func(p string) bool { return strings.HasPrefix(name, p) }) {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		for i, pattern := range patterns {
			for _, at := range pattern.FindAllIndex(text, -1) {
				word := strings.ToLower(string(text[at[0]:at[1]]))
				p := slices.IndexFunc(permitted, func(p struct{ in, word, why string }) bool {
					return strings.HasPrefix(name, p.in) && p.word == word
				})
				if p >= 0 {
					used[p] = true
					continue
				}
				line := 1 + strings.Count(string(text[:at[0]]), "\n")
				t.Errorf("%s:%d: %q: write %s", name, line, word, words[i].instead)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range permitted {
		if !used[i] {
			t.Errorf("%s no longer has %q: its permission goes", p.in, p.word)
		}
	}
}
