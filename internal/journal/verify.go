package journal

import (
	"bytes"
	"crypto/sha256"
	"fmt"

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
	// Compared is true if it was compared with what a store knows.
	Compared bool `json:"compared"`
	// Problems say what is missing, changed, inserted or moved, and where.
	Problems []string `json:"problems"`
	// Missing says what was not checked because it is in no file that was given: files
	// before the first ones, and chains of other servers.
	Missing []string `json:"missing"`
	// Notes say what else is not known to be wrong.
	Notes []string `json:"notes"`
}

// Complete reports whether nothing is wrong and nothing was not checked.
func (r Report) Complete() bool { return len(r.Problems) == 0 && len(r.Missing) == 0 }

// Known is what a server knows of the journals of its store.
type Known struct {
	store.DeliveryState
	// Chain is the one that the server writes now; empty where its files need not be among
	// those that are verified.
	Chain string
}

// maxProblems bounds a report: after the first ones there is no news.
const maxProblems = 100

// verifier reads files and remembers what is needed of the lines before.
type verifier struct {
	report Report
	known  Known
	// chains are the ends of the chains so far.
	chains map[string]store.Journal
	sequences
	// absent is true if a chain of another server was not given: what is in no file may be
	// there.
	absent bool
	place  string
}

// Verify checks files of journals, in any order, also compressed with gzip: that no entry
// of a chain is missing, changed, inserted or moved, and no sequence is missing. With what
// a server knows it finds an end that is missing, too; nil is for files alone.
func Verify(paths []string, known *Known) (Report, error) {
	opened, err := openAll(paths)
	if err != nil {
		return Report{}, err
	}
	return verify(opened, known)
}

// VerifyWritten checks the files of a journal that a server writes meanwhile.
func VerifyWritten(path string, known *Known) (Report, error) {
	opened, err := openWritten(path)
	if err != nil {
		return Report{}, err
	}
	return verify(opened, known)
}

func verify(opened sources, known *Known) (Report, error) {
	defer opened.close()
	v := &verifier{chains: map[string]store.Journal{}, sequences: sequences{}}
	if v.report.Compared = known != nil; v.report.Compared {
		v.known = *known
	}
	ordered, err := opened.inOrder()
	if err != nil {
		return Report{}, err
	}
	for _, s := range ordered {
		if err := v.file(s); err != nil {
			return Report{}, err
		}
	}
	if v.report.Compared {
		v.compareEnds()
	}
	v.findGaps()
	v.report.Chains = len(v.chains)
	return v.report, nil
}

func (v *verifier) file(s *source) error {
	unsealed, sealed := 0, false
	err := s.eachLine(func(n int, line []byte) bool {
		v.place = fmt.Sprintf("%s:%d", s.path, n)
		e, content, record, is := unseal(line)
		switch {
		case is:
			if !sealed && unsealed > 0 && (e.Entry > 1 || !e.Begun.IsZero()) {
				v.problem("%d lines before it belong to no chain: they were inserted", unsealed)
			} else if !sealed && unsealed > 0 {
				v.missing("%d lines before it are older than the chain and are not checked", unsealed)
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
		v.place = s.path
		v.missing("%d lines belong to no chain and are not checked", unsealed)
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
		v.missing("the chain %s begins with entry %d: the files before this one are not here", e.Chain, e.Entry)
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
	switch v.add(e.timeline(), e.Sequence, [8]byte(digest[:8])) {
	case repeated:
		v.report.Repeated++
	case another:
		v.problem("sequence %d is another record than before", e.Sequence)
	}
}

// compareEnds compares the ends of the chains with what the store knows of them.
func (v *verifier) compareEnds() {
	known := map[string]bool{}
	for _, k := range v.known.Journals {
		known[k.ID] = true
		last, here := v.chains[k.ID]
		v.place = "chain " + k.ID
		switch {
		case !here && k.ID == v.known.Chain:
			v.problem("it is the one that the server writes, and its %d entries are in no file", k.Entries)
		case !here:
			v.missing("its %d entries are in no file that was given", k.Entries)
			v.absent = true
		case last.Entries < k.Entries:
			v.problem("the end is missing: the server wrote %d entries, the files end with %d", k.Entries, last.Entries)
		}
	}
	for _, id := range sortedKeys(v.chains) {
		if v.place = "chain " + id; !known[id] && id != v.known.Chain {
			v.note("the store does not know it: no record of a change was delivered to it, or it belongs to another store")
		}
	}
}

// findGaps looks for sequences that are in no file.
func (v *verifier) findGaps() {
	if !v.report.Compared && len(v.sequences) == 0 {
		return
	}
	v.report.First, v.report.Last = v.bounds()
	parts, undone := v.parts(v.known.DeliveryState, v.report.Compared)
	for _, p := range parts {
		v.place = p.name()
		before, gaps := v.gaps(p)
		if before != nil {
			v.missing("the records %d to %d before the first one are in no file that was given", before.from, before.to)
		}
		say := v.problem
		if v.absent {
			say = v.missing
		}
		for _, g := range gaps {
			say("the records %d to %d are in no file that was given", g.from, g.to)
		}
		if p.timeline.ID != "" {
			v.note("it begins after record %d: the store had gone back to an older state", p.timeline.Since)
		}
	}
	v.place = "sequence"
	if undone > 0 {
		v.note("%d records were undone when the store went back to an older state: they are not in its history", undone)
	}
}

func (v *verifier) problem(format string, args ...any) {
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, v.place+": "+fmt.Sprintf(format, args...))
	}
}

func (v *verifier) missing(format string, args ...any) {
	v.report.Missing = append(v.report.Missing, v.place+": "+fmt.Sprintf(format, args...))
}

func (v *verifier) note(format string, args ...any) {
	v.report.Notes = append(v.report.Notes, v.place+": "+fmt.Sprintf(format, args...))
}
