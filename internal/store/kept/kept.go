// Package kept keeps encoded answers within a bound of memory, with the time for which
// they are right.
//
// They lie in few large blocks. An answer that was not asked for lately is in no cache of
// the processor, so that each pointer on the way to it is a wait for the memory; and the
// garbage collector looks at a block, and not at what is in it.
package kept

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	// smallestBlock and largestBlock bound the blocks; each takes as much as all before.
	smallestBlock, largestBlock = 4 << 10, 1 << 20
	// headBytes is the size of what comes before the key of an answer in its block: from when
	// and until when it is right, and the lengths of key and body.
	headBytes = 8 + 8 + 4 + 4
	// placeBytes is about what the place of an answer takes besides.
	placeBytes = 32
)

// Answers are encoded answers by their keys. They may be used by many goroutines.
type Answers struct {
	mu sync.RWMutex
	// places has the places of answers by the hashes of their keys.
	places map[uint64]place
	// blocks are appended to, one after the other, and otherwise not changed. Those that
	// were dropped are nil; open is the number of the last one.
	blocks [][]byte
	open   int
	bytes  int
}

// place is where an answer begins.
type place struct{ block, offset uint32 }

// seed is that of the hashes. They have it in common, so that none is made for each state.
var seed = maphash.MakeSeed()

// Time is when an answer is right: from an instant, and until another one. Zero does not
// bound it.
type Time struct{ From, Until time.Time }

// Get returns the answer that was put under a key, if it is right now; nil if there is
// none. It must not be changed.
func (a *Answers) Get(key []byte, now time.Time) []byte {
	hash := maphash.Bytes(seed, key)
	a.mu.RLock()
	at, found := a.places[hash]
	var entry []byte
	if found {
		entry = a.blocks[at.block][at.offset:]
	}
	a.mu.RUnlock()
	if !found {
		return nil
	}
	from, until := binary.LittleEndian.Uint64(entry), binary.LittleEndian.Uint64(entry[8:])
	begin, end := bounds(entry)
	if instant := now.UnixMicro(); string(entry[headBytes:begin]) != string(key) || instant < int64(from) || instant >= int64(until) { //nolint:gosec // written by append
		return nil
	}
	touch(entry[begin:end])
	return entry[begin:end:end]
}

// cacheLine is the size of what processors take from the memory at once.
const cacheLine = 64

// touch reads a byte of each cache line. These reads do not depend on each other, so that
// the processor waits for all of them together, and not for one after the other as it does
// when the answer is copied. [BenchmarkAnswers]
func touch(body []byte) {
	var all byte
	for i := 0; i < len(body); i += cacheLine {
		all ^= body[i]
	}
	runtime.KeepAlive(all)
}

// Put keeps an answer. When a block is full, and another one would make more than most
// bytes, blocks are dropped, which ones depends on the hash of the key. It returns the answer
// as it is kept.
func (a *Answers) Put(key, body []byte, t Time, most int) []byte {
	from, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !t.From.IsZero() {
		from = t.From.UnixMicro()
	}
	if !t.Until.IsZero() {
		until = t.Until.UnixMicro()
	}
	size := headBytes + len(key) + len(body)
	hash := maphash.Bytes(seed, key)
	a.mu.Lock()
	defer a.mu.Unlock()
	block := a.blockFor(size, hash, most)
	offset := len(block)
	block = binary.LittleEndian.AppendUint64(block, uint64(from))  //nolint:gosec // read as it is written
	block = binary.LittleEndian.AppendUint64(block, uint64(until)) //nolint:gosec // read as it is written
	block = binary.LittleEndian.AppendUint32(block, uint32(len(key)))
	block = binary.LittleEndian.AppendUint32(block, uint32(len(body))) //nolint:gosec // within the bound
	block = append(append(block, key...), body...)
	a.blocks[a.open] = block
	if _, found := a.places[hash]; !found {
		a.bytes += placeBytes
	}
	a.places[hash] = place{uint32(a.open), uint32(offset)} //nolint:gosec // within the bound
	return block[len(block)-len(body) : len(block) : len(block)]
}

// blockFor returns the open block if size more bytes fit into it, or opens another one.
func (a *Answers) blockFor(size int, hash uint64, most int) []byte {
	if len(a.blocks) == 0 {
		a.places = map[uint64]place{}
	} else if block := a.blocks[a.open]; cap(block)-len(block) >= size {
		return block
	}
	made := make([]byte, 0, max(size, smallestBlock, min(a.bytes, largestBlock)))
	for victim := hash; a.bytes > 0 && a.bytes+cap(made) > most; victim++ {
		a.drop(int(victim % uint64(len(a.blocks)))) //nolint:gosec // less than a length
	}
	if a.open = slices.IndexFunc(a.blocks, func(b []byte) bool { return b == nil }); a.open < 0 {
		a.open = len(a.blocks)
		a.blocks = append(a.blocks, nil)
	}
	a.blocks[a.open] = made
	a.bytes += cap(made)
	return made
}

// drop forgets the answers of a block.
func (a *Answers) drop(number int) {
	block := a.blocks[number]
	for offset := 0; offset < len(block); {
		begin, end := bounds(block[offset:])
		hash := maphash.Bytes(seed, block[offset+headBytes:offset+begin])
		if a.places[hash] == (place{uint32(number), uint32(offset)}) { //nolint:gosec // within the bound
			delete(a.places, hash)
			a.bytes -= placeBytes
		}
		offset += end
	}
	a.blocks[number] = nil
	a.bytes -= cap(block)
}

// bounds are where the body of an answer begins and ends.
func bounds(entry []byte) (begin, end int) {
	begin = headBytes + int(binary.LittleEndian.Uint32(entry[16:]))
	return begin, begin + int(binary.LittleEndian.Uint32(entry[20:]))
}

// Bytes is the memory of all answers.
func (a *Answers) Bytes() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.bytes
}
