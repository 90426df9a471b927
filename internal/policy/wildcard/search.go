package wildcard

import "strings"

// The wildcards within a pattern.
const (
	many = '\xff' // *: any number of UTF-16 units, also none
	one  = '\xfe' // ?: one UTF-16 unit [recorded]
)

// work counts steps.
type work int

const wordBits = 64

// index returns where a segment first occurs in a text, or -1.
//
// A segment without ? is searched by the standard library. The other search is
// Shift-And: bit i of the state says that the text read so far ends with the first i+1
// bytes of the segment. It reads the text once, with one step for each 64 bytes of the
// segment, whatever the segment.
func index(text, segment string, w *work) int {
	if len(segment) > len(text) {
		return -1
	}
	if strings.IndexByte(segment, one) < 0 {
		at := strings.Index(text, segment)
		if at < 0 {
			*w += work(len(text))
		} else {
			*w += work(at + len(segment))
		}
		return at
	}
	if len(segment) <= wordBits {
		return indexShort(text, segment, w)
	}
	return indexLong(text, segment, w)
}

// indexShort searches a segment of at most 64 bytes, without allocation.
func indexShort(text, segment string, w *work) int {
	var masks [256]uint64
	var always uint64
	for i := range len(segment) {
		if segment[i] == one {
			always |= 1 << i
		} else {
			masks[segment[i]] |= 1 << i
		}
	}
	*w += work(len(segment))
	found := uint64(1) << (len(segment) - 1)
	var state uint64
	for i := range len(text) {
		*w++
		state = (state<<1 | 1) & (masks[text[i]] | always)
		if state&found != 0 {
			return i + 1 - len(segment)
		}
	}
	return -1
}

// indexLong searches a segment of any length; the state is several words.
func indexLong(text, segment string, w *work) int {
	words := (len(segment) + wordBits - 1) / wordBits
	masks := make([]uint64, 256*words)
	always := make([]uint64, words)
	for i := range len(segment) {
		word, bit := i/wordBits, uint64(1)<<(i%wordBits)
		if segment[i] == one {
			always[word] |= bit
		} else {
			masks[int(segment[i])*words+word] |= bit
		}
	}
	*w += work(len(segment) + len(masks))
	last := len(segment) - 1
	state := make([]uint64, words)
	for i := range len(text) {
		mask := masks[int(text[i])*words:][:words]
		carry := uint64(1)
		for word := range state {
			*w++
			next := state[word] >> (wordBits - 1)
			state[word] = (state[word]<<1 | carry) & (mask[word] | always[word])
			carry = next
		}
		if state[last/wordBits]>>(last%wordBits)&1 != 0 {
			return i + 1 - len(segment)
		}
	}
	return -1
}
