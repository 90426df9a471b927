package journal_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"accord/internal/ident"
	"accord/internal/journal"
	"accord/internal/store"
	"accord/test/require"
)

var hashEnd = regexp.MustCompile(`,"hash":"[0-9a-f]*"\}\}\n$`)

// rechained computes the hashes of lines anew, as a program that knows the format can.
func rechained(lines []string) []string {
	var all []string
	previous := ""
	for _, line := range lines {
		content := hashEnd.ReplaceAllString(line, "")
		sum := sha256.Sum256([]byte(previous + content))
		previous = hex.EncodeToString(sum[:])
		all = append(all, content+`,"hash":"`+previous+`"}}`+"\n")
	}
	return all
}

// Forgeries with hashes that were computed anew, of the files of a running server. Each is
// found when the files are compared with what the server knows. The control is the same
// lines with their own hashes computed anew.
func TestVerifyFindsForgeriesWithRightHashes(t *testing.T) {
	folder := t.TempDir()
	lines, known := written(t, filepath.Join(folder, "journal"), 12)
	known.Chain = known.Journals[0].ID
	for name, test := range map[string]struct {
		forge func(l []string) []string
		says  string
	}{
		"nothing, the control": {func(l []string) []string { return l }, ""},
		"another record in the same chain": {func(l []string) []string {
			l[3] = strings.Replace(l[3], `"eventID":"`, `"eventID":"7`, 1)
			return l
		}, "written anew"},
		"another record in a chain of another name": {func(l []string) []string {
			for i := range l {
				l[i] = strings.ReplaceAll(l[i], known.Chain, "0123456789abcdef")
			}
			l[3] = strings.Replace(l[3], `"eventID":"`, `"eventID":"7`, 1)
			return l
		}, "it is the one that the server writes"},
		"a sequence that was never given": {func(l []string) []string {
			l[0] = strings.Replace(l[0], `"sequence":1,`, `"sequence":9223372036854775807,`, 1)
			return l
		}, "the records 9 to 9223372036854775806 are in no file"},
	} {
		path := save(t, filepath.Join(folder, "forged"), rechained(test.forge(slices.Clone(lines))))
		report, err := journal.Verify([]string{path}, &known)
		if err != nil || (len(report.Problems) == 0) != (test.says == "") || !strings.Contains(strings.Join(report.Problems, "\n"), test.says) {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		t.Logf("evidence: %s: %d problems", name, len(report.Problems))
	}
}

// Lines before the first one of a file are found: it says that it is the first.
func TestVerifyFindsLinesBeforeTheFirst(t *testing.T) {
	folder := t.TempDir()
	lines, _ := written(t, filepath.Join(folder, "journal"), 4)
	path := save(t, filepath.Join(folder, "forged"), slices.Concat([]string{record(1000) + "\n"}, lines))
	report, err := journal.Verify([]string{path}, nil)
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "inserted") {
		t.Errorf("%+v, %v", report, err)
	}
}

// A file in which one chain ends and another one begins, and the next file of that chain,
// are read in their order, whatever the names of the chains.
func TestVerifyReadsAChainThatBeginsWithinAFile(t *testing.T) {
	for seed := range uint64(8) {
		path := filepath.Join(t.TempDir(), "journal.ndjson")
		o := options
		o.Source = ident.NewSeededSource(seed)
		for part := range 3 {
			j, err := journal.Open(path, o)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 4 {
				if n == 2 && part > 0 {
					if err := os.Rename(path, fmt.Sprintf("%s.%d", path, part)); err != nil {
						t.Fatal(err)
					}
				}
				if err := j.Deliver(t.Context(), numberedMessage(1+4*part+n)); err != nil {
					t.Fatal(err)
				}
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			// The next start finds an end that is not its own.
			if err := appendText(path, "{\"not\":1}\n"); err != nil {
				t.Fatal(err)
			}
		}
		report, err := journal.Verify([]string{path, path + ".1", path + ".2"}, nil)
		if text := strings.Join(report.Problems, "\n"); err != nil || len(report.Problems) != 3 || report.Chains != 3 || strings.Count(text, "inserted") != 3 {
			t.Errorf("seed %d: %+v, %v", seed, report, err)
		}
	}
}

func TestVerifyReadsCompressedFilesAndEachFileOnce(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal.ndjson")
	written(t, path, 6)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content(t, path))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	compressed := save(t, filepath.Join(folder, "journal.ndjson.1.gz"), []string{b.String()})
	link := filepath.Join(folder, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, files := range [][]string{{compressed}, {path, link, path, path + ".lock"}} {
		report, err := journal.Verify(files, nil)
		if err != nil || !report.Complete() || report.Records != 6 || len(report.Notes) != 0 {
			t.Errorf("%q: %+v, %v", files, report, err)
		}
	}
}

// What is no journal is refused at once, and needs little memory.
func TestVerifyRefusesWhatIsNoFileOfAJournal(t *testing.T) {
	folder := t.TempDir()
	for name, path := range map[string]string{
		"a device": "/dev/zero", "a folder": folder, "nothing": filepath.Join(folder, "nothing"),
		"an endless line": save(t, filepath.Join(folder, "endless"), []string{strings.Repeat("x", 40<<20)}),
		"half a gzip":     save(t, filepath.Join(folder, "half.gz"), []string{"\x1f\x8b\x08"}),
	} {
		if _, err := journal.Verify([]string{path}, nil); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A journal is verified while it is written and rotated after every few records, at most
// ten during one check, which refuses a journal that moves without end: nothing is found.
// The control lists the files first and reads them afterwards.
func TestVerifyOfAJournalThatIsRotatedMeanwhile(t *testing.T) {
	o := options
	o.Rotation.Size = 600
	j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
	for n := 1; n <= 20; n++ {
		if err := j.Deliver(t.Context(), numberedMessage(n)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := journal.Files(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	permitted := make(chan struct{}, 10)
	total := 20
	writing.Go(func() {
		for total = 20; ; total++ {
			if _, more := <-permitted; !more {
				return
			}
			if err := j.Deliver(t.Context(), numberedMessage(total+1)); err != nil {
				t.Error(err)
				for range permitted {
				}
				return
			}
		}
	})
	verified := 0
	for ; verified < require.Amount(2, 10, 100); verified++ {
		for range cap(permitted) {
			select {
			case permitted <- struct{}{}:
			default:
			}
		}
		known := journal.Known{DeliveryState: store.DeliveryState{Journals: []store.Journal{j.Position()}}, Chain: j.Position().ID}
		report, err := journal.VerifyWritten(j.Path(), &known)
		if err != nil || report.Problems != nil {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	// Half of these are written for sure, so that the list is old.
	for range 2 * cap(permitted) {
		permitted <- struct{}{}
	}
	known := journal.Known{DeliveryState: store.DeliveryState{Journals: []store.Journal{j.Position()}}, Chain: j.Position().ID}
	control, err := journal.Verify(files, &known)
	close(permitted)
	writing.Wait()
	if err != nil || len(control.Problems) == 0 {
		t.Errorf("the control finds nothing: %+v, %v", control, err)
	}
	t.Logf("evidence: verified %d times during %d records and a rotation after each third: 0 problems; control, a list of files that is old: %d", verified, total, len(control.Problems))
}
