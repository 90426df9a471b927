package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"accord/internal/store"
)

// Report is what a verification found.
type Report struct {
	// Records are all lines, Chains the chains that they are in, and First and Last the
	// lowest and the highest sequence.
	Records int   `json:"records"`
	Chains  int   `json:"chains"`
	First   int64 `json:"first"`
	Last    int64 `json:"last"`
	// Repeated are deliveries of a record that is there before.
	Repeated int `json:"repeated"`
	// Problems say what is missing, changed, inserted or moved, and where; Notes what is
	// not known to be wrong.
	Problems []string `json:"problems"`
	Notes    []string `json:"notes"`
}

// maxProblems bounds a report: after the first ones there is no news.
const maxProblems = 100

// verifier reads files and remembers what is needed of the lines before.
type verifier struct {
	report Report
	known  store.DeliveryState
	// chains are the ends of the chains so far, and seen the records by sequence.
	chains map[string]store.Journal
	seen   map[int64][8]byte
	place  string
}

// Verify checks files of journals, in any order: that no entry of a chain is missing,
// changed, inserted or moved, and no sequence is missing. With what a store knows it
// finds an end that is missing, too; nil is for files alone.
func Verify(paths []string, known *store.DeliveryState) (Report, error) {
	v := &verifier{chains: map[string]store.Journal{}, seen: map[int64][8]byte{}}
	if known != nil {
		v.known = *known
	}
	paths, err := inOrder(paths)
	if err != nil {
		return Report{}, err
	}
	for _, path := range paths {
		if err := v.file(path); err != nil {
			return Report{}, err
		}
	}
	v.compareEnds()
	v.findGaps(known != nil)
	v.report.Chains = len(v.chains)
	return v.report, nil
}

// inOrder sorts files by their first entries; a file is read once.
func inOrder(paths []string) ([]string, error) {
	type begin struct {
		path string
		entry
	}
	var all []begin
	for _, path := range paths {
		b := begin{path: path}
		err := eachLine(path, func(_ int, line []byte) bool {
			var sealed bool
			b.entry, _, _, sealed = unseal(line)
			return !sealed
		})
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b begin) int { return cmp.Or(cmp.Compare(a.Chain, b.Chain), cmp.Compare(a.Entry, b.Entry)) })
	var sorted []string
	for _, b := range all {
		if !slices.Contains(sorted, b.path) {
			sorted = append(sorted, b.path)
		}
	}
	return sorted, nil
}

// eachLine calls visit with each line of a file and its number, until it returns false.
func eachLine(path string, visit func(n int, line []byte) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if !visit(n, line) {
			return nil
		}
	}
}

func (v *verifier) file(path string) error {
	unsealed, sealed := 0, false
	err := eachLine(path, func(n int, line []byte) bool {
		v.place = fmt.Sprintf("%s:%d", path, n)
		e, content, record, is := unseal(line)
		switch {
		case is:
			if !sealed && unsealed > 0 && e.Entry > 1 {
				v.problem("%d lines before it belong to no chain: they were inserted", unsealed)
			} else if !sealed && unsealed > 0 {
				v.note("%d lines before it are older than the chain and are not checked", unsealed)
			}
			sealed = true
			v.entry(e, content, record)
		case !bytes.HasSuffix(line, []byte{'\n'}):
			v.note("the last line is incomplete: it is being written, or was when the server ended")
			return true
		case sealed:
			v.problem("the line belongs to no chain: it was inserted or damaged")
		default:
			unsealed++
		}
		v.report.Records++
		return len(v.report.Problems) < maxProblems
	})
	if !sealed && unsealed > 0 {
		v.place = path
		v.note("%d lines belong to no chain and are not checked", unsealed)
	}
	return err
}

// entry checks an entry against the one before it in its chain.
func (v *verifier) entry(e entry, content, record []byte) {
	last, begun := v.chains[e.Chain]
	previous := last.Hash
	switch {
	case e.Entry == last.Entries+1:
	case !begun && e.Previous != "":
		v.note("the chain %s begins with entry %d: the files before this one are not here", e.Chain, e.Entry)
		previous = e.Previous
	case e.Entry <= last.Entries:
		v.problem("entry %d comes after entry %d: it was moved or repeated", e.Entry, last.Entries)
		return
	default:
		v.problem("entries %d to %d of the chain %s are missing before it", last.Entries+1, e.Entry-1, e.Chain)
		previous = ""
	}
	if previous != "" || e.Entry == 1 {
		if err := e.fits(previous, content); err != nil {
			v.problem("%v", err)
		}
	}
	v.chains[e.Chain] = e.position()
	for _, k := range v.known.Journals {
		if k.ID == e.Chain && k.Entries == e.Entry && k.Hash != e.hash {
			v.problem("entry %d is not the one that the server wrote: the chain was written anew", e.Entry)
		}
	}
	if e.Sequence == 0 {
		return
	}
	digest := sha256.Sum256(record)
	short := [8]byte(digest[:8])
	before, repeated := v.seen[e.Sequence]
	switch {
	case !repeated:
		v.seen[e.Sequence] = short
	case before == short:
		v.report.Repeated++
	default:
		v.problem("sequence %d is another record than before", e.Sequence)
	}
}

// compareEnds compares the ends of the chains with what the store knows of them.
func (v *verifier) compareEnds() {
	for _, k := range v.known.Journals {
		last, here := v.chains[k.ID]
		v.place = "chain " + k.ID
		switch {
		case !here:
			v.note("its %d entries are in no file that was given", k.Entries)
		case last.Entries < k.Entries:
			v.problem("the end is missing: the server wrote %d entries, the files end with %d", k.Entries, last.Entries)
		}
	}
}

// findGaps looks for sequences that are in no file.
func (v *verifier) findGaps(compared bool) {
	v.place = "sequence"
	if !compared && len(v.seen) == 0 {
		return
	}
	for n := range v.seen {
		if v.report.First == 0 || n < v.report.First {
			v.report.First = n
		}
		v.report.Last = max(v.report.Last, n)
	}
	if v.report.First > 1 {
		v.note("the records begin with %d: the files before are not here", v.report.First)
	}
	end := max(v.report.Last, v.known.Last)
	from := int64(0)
	for n := max(v.report.First, 1); n <= end+1; n++ {
		_, here := v.seen[n]
		missing := n <= end && !here && !slices.Contains(v.known.Waiting, n)
		switch {
		case missing && from == 0:
			from = n
		case !missing && from > 0:
			v.problem("the records %d to %d are in no file that was given", from, n-1)
			from = 0
		}
	}
}

func (v *verifier) problem(format string, args ...any) {
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, v.place+": "+fmt.Sprintf(format, args...))
	}
}

func (v *verifier) note(format string, args ...any) {
	v.report.Notes = append(v.report.Notes, v.place+": "+fmt.Sprintf(format, args...))
}
