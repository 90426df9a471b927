package kept

import (
	"fmt"
	"testing"
)

// BenchmarkAnswers copies answers of 6.3 kB as a connection does: the same one, and each of
// 12,000 in turn, which are in no cache of the processor.
func BenchmarkAnswers(b *testing.B) {
	var a Answers
	const most = 96 << 20
	body, key := make([]byte, 6300), func(i int) []byte { return fmt.Appendf(nil, "organizations ListAccounts %012d", i) }
	keys := make([][]byte, 12_000)
	for i := range keys {
		keys[i] = key(i * 7919 % len(keys))
		a.Put(key(i), body, Time{}, most)
	}
	var to [4096]byte
	for name, of := range map[string]int{"same": 1, "in turn": len(keys)} {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				for got := a.Get(keys[i%of], at(1)); len(got) > 0; {
					got = got[copy(to[:], got):]
				}
			}
		})
	}
}
