package machine_test

import (
	"testing"

	"accord/internal/machine"
)

func TestConnectionsLeaveDescriptors(t *testing.T) {
	for descriptors, want := range map[int]int{0: 600, 64: 32, 256: 128, 512: 256, 1 << 20: 600} {
		if got := machine.Connections(descriptors); got != want {
			t.Errorf("%d descriptors: %d connections, want %d", descriptors, got, want)
		}
	}
}

func TestBodiesTakeAShareOfTheMemory(t *testing.T) {
	for limit, want := range map[int64]int64{0: 64 << 20, 64 << 20: 8 << 20, 512 << 20: 32 << 20, 16 << 30: 64 << 20} {
		if got := machine.BodyMemory(limit); got != want {
			t.Errorf("a limit of %d: %d, want %d", limit, got, want)
		}
	}
}
