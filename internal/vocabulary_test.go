package internal_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// words are those that we do not use, separated by "|", with what to write instead. A
// star stands for any ending. Case does not matter.
var words = []struct{ not, instead string }{
	{"room|rooms", "package"},
	{"second listener|operator's listener|people's side", "admin API"},
	{"way in|ways in", "listener, transport, entry point"},
	{"letters", "messages; characters"},
	{"verbs|nouns", "operations; domain types"},
	{"overdue|settle|settles|settled|settling|due work", "job, run pending jobs"},
	{"poke|poked|pokes|pokeat", "Notify, WakeBy"},
	{"who waits|nobody waits|statements that nobody", "waiting writers; the component's name"},
	{"the middle of all rounds|the middle of the rounds|core second", "median; CPU-second"},
	{"is no json", "is not valid JSON"},
	{"way to the database|there and back", "round trip"},
	{"places that stay", "reusable scan buffers"},
	{"crowd|crowds", "group commit"},
	{"machine clock|machine's clock", "system clock"},
	{"installation|installations", "app, server"},
	{"people made", "created by users"},
	{"somebody|someone else", "the component's name"},
	{"mistake|mistakes|trouble", "error, diagnostic"},
	{"lawful|unlawful", "valid"},
	{"estate|newworld|liars", "fixture; negative control"},
	{"fault rule", "injected fault"},
	{"near names", "did you mean"},
	{"stand twice|stands twice", "appears twice"},
	{"cancelled|cancelling|behaviour*|serialis*|initialis*|organisation*|modelled|honour*|colour*|recognis*|finalis*|licence", "American spelling"},
}

// permitted are uses of a word that are right, by file or folder.
var permitted = []struct{ in, word, why string }{
	{"internal/policy/", "letters", "of an alphabet"},
	{"internal/ident/", "letters", "of an alphabet"},
	{"internal/spelling/", "letters", "of an alphabet"},
	{"internal/mail/", "installation", "the text of a mail"},
	{"internal/policy/", "somebody", "an account of a test"},
	{"CHANGELOG.md", "second listener", "what the change was about"},
}

// unsearched are files whose text is not ours, and this one.
var unsearched = []string{
	"internal/vocabulary_test.go", "LICENSE", "go.sum", "model/", "test/golden/exchanges/", "test/status/evidence.txt", "docs/status.md",
}

// TestTheVocabulary: code, comments, messages and docs use the standard term for each
// idea. CONTRIBUTING.md says which.
func TestTheVocabulary(t *testing.T) {
	used := make([]bool, len(permitted))
	err := walk(func(name string) error {
		searched := slices.Contains([]string{".go", ".md", ".sh", ".mjs", ".py", ".sql", ""}, path.Ext(name)) && !strings.HasSuffix(name, "_gen.go")
		if !searched || slices.ContainsFunc(unsearched, func(p string) bool { return strings.HasPrefix(name, p) }) {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		text := strings.ToLower(string(b))
		for _, w := range words {
			for word := range strings.SplitSeq(w.not, "|") {
				for _, at := range occurrences(text, word) {
					p := slices.IndexFunc(permitted, func(p struct{ in, word, why string }) bool {
						return strings.HasPrefix(name, p.in) && p.word == word
					})
					if p >= 0 {
						used[p] = true
						continue
					}
					t.Errorf("%s:%d: %q: write %s", name, 1+strings.Count(text[:at], "\n"), word, w.instead)
				}
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

// occurrences are the positions of a word in a text; a star at its end stands for any
// ending.
func occurrences(text, word string) (found []int) {
	word, open := strings.CutSuffix(word, "*")
	isLetter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '_')
	}
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return found
		}
		at, end := from+i, from+i+len(word)
		if !isLetter(at-1) && (open || !isLetter(end)) {
			found = append(found, at)
		}
		from = end
	}
}

func TestOccurrencesAreFound(t *testing.T) {
	for word, want := range map[string][]int{"room": {0, 23}, "rooms": {5}, "serialis*": {12}, "mushroom": nil} {
		if got := occurrences("room,rooms; serialised room", word); !slices.Equal(got, want) {
			t.Errorf("%s is found at %v, want %v", word, got, want)
		}
	}
}
