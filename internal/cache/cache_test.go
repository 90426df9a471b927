package cache_test

import (
	"fmt"
	"sync"
	"testing"

	"accord/internal/cache"
)

const size = 1000

func TestWhatIsUsedStays(t *testing.T) {
	c := cache.New[int, string](100 * size)
	for i := range 10 {
		c.Put(i, fmt.Sprint("kept ", i), size)
	}
	for i := 10; i < 10_000; i++ {
		c.Put(i, "used once", size)
		for k := range 10 {
			if got, kept := c.Get(k); !kept || got != fmt.Sprint("kept ", k) {
				t.Fatalf("after %d others, key %d has %q, %v", i, k, got, kept)
			}
		}
	}
	if n := c.Len(); n < 50 || n > 100 {
		t.Errorf("%d values of %d bytes are kept", n, size)
	}
}

func TestTheBytesOfAllValuesAreBounded(t *testing.T) {
	c := cache.New[int, int](100 * size)
	for i := range 1000 {
		c.Put(i%150, i, size*(1+i%3))
		c.Get(i % 150)
		if n := c.Len(); n > 100 {
			t.Fatalf("%d values are kept", n)
		}
	}
	before := c.Len()
	c.Put(5000, 1, 101*size)
	if _, kept := c.Get(5000); kept || c.Len() != before {
		t.Error("a value that is larger than the bound is kept, or others went for it")
	}
	c.Put(5000, 1, size)
	c.Put(5000, 2, 101*size)
	if got, kept := c.Get(5000); kept {
		t.Errorf("the value before one that is too large is kept: %d", got)
	}
}

func TestTheLastValueOfAKeyCounts(t *testing.T) {
	c := cache.New[string, int](3 * size)
	for i := range 100 {
		c.Put("a", i, size)
		c.Put("b", -i, size)
		a, _ := c.Get("a")
		b, _ := c.Get("b")
		if a != i || b != -i || c.Len() != 2 {
			t.Fatalf("%d, %d, %d values after %d", a, b, c.Len(), i)
		}
	}
}

func TestACacheIsSharedByManyGoroutines(t *testing.T) {
	c := cache.New[int, int](50 * size)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 2000 {
				key := (i * (g + 1)) % 100
				if got, kept := c.Get(key); kept && got != key {
					t.Errorf("key %d has %d", key, got)
				}
				c.Put(key, key, size)
			}
		})
	}
	all.Wait()
}

func BenchmarkGet(b *testing.B) {
	c := cache.New[string, int](1 << 20)
	for i := range 1000 {
		c.Put(fmt.Sprint("key ", i), i, 100)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Get("key 500")
		}
	})
}
