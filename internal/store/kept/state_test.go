package kept

import (
	"fmt"
	"testing"
)

// TestAStateIsBounded, with answers and rows together.
func TestAStateIsBounded(t *testing.T) {
	s := NewState()
	const size = 100 << 10
	body := make([]byte, size)
	for i := range 2 * maxBytes / size {
		s.PutRow("query", fmt.Appendf(nil, "%d", i), &i, size)
		if i%4 == 0 {
			s.PutAnswer(fmt.Appendf(nil, "%d", i), body, Time{})
		}
	}
	sum := 0
	for _, r := range s.rows {
		sum += r.bytes
	}
	if _, n := s.Size(); n > maxBytes || sum != s.bytes || n < maxBytes/2 || s.answers.Bytes() < maxBytes/8 {
		t.Errorf("it counts %d bytes, with %d of answers; rows have %d, counted as %d", n, s.answers.Bytes(), sum, s.bytes)
	}
	before, bytes := s.Size()
	s.PutRow("query", []byte("long"), &before, maxResultBytes)
	if got := s.PutAnswer([]byte("long"), make([]byte, maxResultBytes), Time{}); len(got) != maxResultBytes {
		t.Error("an answer that is too long is returned as another one")
	}
	if rows, n := s.Size(); rows != before || n != bytes {
		t.Error("a result that is too long was kept")
	}
}

// TestAnswersArePreferredToRows: what rows were read for is an answer now.
func TestAnswersArePreferredToRows(t *testing.T) {
	s := NewState()
	const size = 10 << 10
	for i := range maxBytes / size {
		s.PutRow("query", fmt.Appendf(nil, "%d", i), &i, size)
	}
	body := make([]byte, size)
	for i := range maxBytes / size {
		s.PutAnswer(fmt.Appendf(nil, "%d", i), body, Time{})
	}
	if answers := s.answers.Bytes(); answers < maxBytes-leastRows-2*largestBlock || s.bytes < leastRows-size || s.bytes > leastRows {
		t.Errorf("answers have %d bytes and rows %d", answers, s.bytes)
	}
}
