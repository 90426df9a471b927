package journal

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"accord/internal/ident"
	"accord/internal/store"
)

// sequences are the records by their sequence, which counts in each timeline anew from
// where it begins, with a digest of each.
type sequences map[ident.Timeline]map[int64][8]byte

// The results of add.
const (
	added = iota
	repeated
	another
)

func (all sequences) add(t ident.Timeline, n int64, digest [8]byte) int {
	if all[t] == nil {
		all[t] = map[int64][8]byte{}
	}
	before, here := all[t][n]
	switch {
	case !here:
		all[t][n] = digest
		return added
	case before == digest:
		return repeated
	}
	return another
}

// bounds returns the lowest and the highest sequence.
func (all sequences) bounds() (first, last int64) {
	for _, records := range all {
		for n := range records {
			if first == 0 || n < first {
				first = n
			}
			last = max(last, n)
		}
	}
	return first, last
}

// stretch is from one sequence to another one, both included.
type stretch struct{ from, to int64 }

// history is the part of a timeline that has to be there: the records of a stretch but
// those that wait.
type history struct {
	timeline ident.Timeline
	stretch
	waiting []int64
	// ended is true for one that another one follows: its files may have been removed.
	ended bool
}

func (h history) name() string {
	if h.timeline.ID == "" {
		return "sequence"
	}
	return "sequence of the timeline " + h.timeline.ID
}

// parts returns what has to be there. A store knows its history; without one each timeline
// goes as far as its records. undone are the records that are not in the history.
func (all sequences) parts(known store.DeliveryState, compared bool) (parts []history, undone int) {
	if !compared {
		for t, records := range all {
			parts = append(parts, history{t, stretch{t.Since + 1, slices.Max(slices.Collect(maps.Keys(records)))}, nil, false})
		}
		slices.SortFunc(parts, func(a, b history) int {
			return cmp.Or(cmp.Compare(a.timeline.Since, b.timeline.Since), cmp.Compare(a.timeline.ID, b.timeline.ID))
		})
		return parts, 0
	}
	waiting := slices.Sorted(slices.Values(known.Waiting))
	timelines := append([]ident.Timeline{{}}, known.Timelines...)
	of := map[ident.Timeline]int64{}
	for i, t := range timelines {
		end := known.Last
		if i+1 < len(timelines) {
			end = timelines[i+1].Since
		} else if records := all[t]; len(records) > 0 {
			// What was written since the store was asked.
			end = max(end, slices.Max(slices.Collect(maps.Keys(records))))
		}
		of[t] = end
		if end > t.Since {
			parts = append(parts, history{t, stretch{t.Since + 1, end}, waiting, i+1 < len(timelines)})
		}
	}
	for t, records := range all {
		end, ours := of[t]
		for n := range records {
			if !ours || n > end {
				undone++
			}
		}
	}
	return parts, undone
}

// gaps returns the stretches of a part of the history that are not there. before is one
// at its beginning, where files may have been removed on purpose, unless nothing is there.
func (all sequences) gaps(h history) (before *stretch, gaps []stretch) {
	here := slices.DeleteFunc(slices.Sorted(maps.Keys(all[h.timeline])), func(n int64) bool { return n < h.from || n > h.to })
	next := h.from
	for i, n := range append(here, h.to+1) {
		if n > next {
			missing := without(stretch{next, n - 1}, h.waiting)
			if i == 0 && len(missing) > 0 && (len(here) > 0 || h.ended) {
				before, missing = &missing[0], missing[1:]
			}
			gaps = append(gaps, missing...)
		}
		if n == math.MaxInt64 {
			break
		}
		next = n + 1
	}
	return before, gaps
}

// without returns a stretch without some sequences, which are sorted.
func without(s stretch, some []int64) (left []stretch) {
	at, _ := slices.BinarySearch(some, s.from)
	for _, n := range some[at:] {
		if n > s.to {
			break
		}
		if n > s.from {
			left = append(left, stretch{s.from, n - 1})
		}
		s.from = n + 1
	}
	if s.from <= s.to {
		left = append(left, s)
	}
	return left
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
