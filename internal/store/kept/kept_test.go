package kept

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"testing"
	"time"
)

func at(hour int) time.Time { return time.Date(2026, 11, 29, hour, 0, 0, 0, time.UTC) }

func TestAnswersAreKeptByTheirKeysForTheirTime(t *testing.T) {
	var a Answers
	const most = 1 << 20
	a.Put([]byte("always"), []byte("1"), Time{}, most)
	a.Put([]byte("from"), []byte("2"), Time{From: at(2)}, most)
	a.Put([]byte("until"), []byte("3"), Time{Until: at(3)}, most)
	a.Put([]byte("both"), []byte("4"), Time{From: at(2), Until: at(3)}, most)
	a.Put([]byte("again"), []byte("old"), Time{}, most)
	a.Put([]byte("again"), []byte("new"), Time{}, most)
	a.Put(nil, nil, Time{}, most)
	for key, want := range map[string][3]string{ // at the hours 1, 2 and 3
		"always": {"1", "1", "1"}, "from": {"-", "2", "2"}, "until": {"3", "3", "-"}, "both": {"-", "4", "-"},
		"again": {"new", "new", "new"}, "": {"", "", ""}, "other": {"-", "-", "-"},
	} {
		for i, want := range want {
			got := "-"
			if body := a.Get([]byte(key), at(1+i)); body != nil {
				got = string(body)
			}
			if got != want {
				t.Errorf("%q at hour %d: %q, want %q", key, 1+i, got, want)
			}
		}
	}
}

// Two keys can have the same hash: then one of them is not kept.
func TestAnAnswerIsNotThatOfAnotherKey(t *testing.T) {
	var a Answers
	a.Put([]byte("key"), []byte("body"), Time{}, 1<<20)
	a.places[maphash.Bytes(seed, []byte("other"))] = a.places[maphash.Bytes(seed, []byte("key"))]
	if got := a.Get([]byte("other"), at(1)); got != nil {
		t.Errorf("got %q", got)
	}
}

// TestAnswersAreBounded: what is kept takes no more than it may, also when that becomes less,
// is counted, and is right.
func TestAnswersAreBounded(t *testing.T) {
	var a Answers
	body := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1000+i%5000) }
	key := func(i int) []byte { return fmt.Appendf(nil, "key %d", i) }
	const answers = 10_000
	for i := range answers {
		most := 8 << 20
		if i > answers/2 {
			most = 4 << 20
		}
		if got := a.Put(key(i), body(i), Time{}, most); !bytes.Equal(got, body(i)) {
			t.Fatalf("answer %d is returned as another one", i)
		}
		if i%2 == 0 {
			a.Put(key(i), body(i), Time{}, most)
		}
		if a.Bytes() > most && (i < answers/2 || i > answers/2+1000) { // Blocks are dropped when one is full.
			t.Fatalf("%d bytes after %d answers, want at most %d", a.Bytes(), i, most)
		}
	}
	sum, found := placeBytes*len(a.places), 0
	for _, block := range a.blocks {
		sum += cap(block)
	}
	if a.Bytes() != sum || sum < 3<<20 {
		t.Errorf("it counts %d bytes and has %d", a.Bytes(), sum)
	}
	for i := range answers {
		if got := a.Get(key(i), at(1)); got != nil {
			found++
			if !bytes.Equal(got, body(i)) {
				t.Fatalf("answer %d is another one", i)
			}
		}
	}
	if found != len(a.places) || found < 200 {
		t.Errorf("%d answers are kept, of %d places", found, len(a.places))
	}
}
