package console

import (
	"context"
	"sync"
	"time"
)

// hub tells live pages what happens. It reads the records once for all of them, only while
// there are some, and at most once in each pause.
type hub struct {
	most int
	// read returns the records after a sequence, as the events of a stream, and the sequence
	// of the last one; a negative sequence returns the newest sequence alone.
	read func(ctx context.Context, after int64) (events [][]byte, last int64, err error)

	notified chan struct{}
	stopped  chan struct{}
	once     sync.Once

	mu      sync.Mutex
	streams map[chan []byte]struct{}
	running bool
}

// pause is the shortest time between two looks at the records.
const pause = 250 * time.Millisecond

// waiting is how many events wait for a slow browser; further ones are dropped.
const waiting = 32

func newHub(most int, read func(context.Context, int64) ([][]byte, int64, error)) *hub {
	return &hub{
		most: most, read: read, notified: make(chan struct{}, 1), stopped: make(chan struct{}), streams: map[chan []byte]struct{}{},
	}
}

// stop ends all streams, for good.
func (h *hub) stop() { h.once.Do(func() { close(h.stopped) }) }

// notify says that there may be records.
func (h *hub) notify() {
	select {
	case h.notified <- struct{}{}:
	default:
	}
}

// join begins a stream; nil if there are too many, or the server stops.
func (h *hub) join() chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.stopped:
		return nil
	default:
	}
	if len(h.streams) >= h.most {
		return nil
	}
	stream := make(chan []byte, waiting)
	h.streams[stream] = struct{}{}
	if !h.running {
		h.running = true
		// Here, and not in the loop: what happens once the stream has begun is told.
		_, last, err := h.read(context.Background(), -1)
		go h.run(last, err)
	}
	return stream
}

// leave ends a stream.
func (h *hub) leave(stream chan []byte) {
	h.mu.Lock()
	delete(h.streams, stream)
	h.mu.Unlock()
	// The loop ends with the last one.
	h.notify()
}

// run tells all streams what happens after a sequence, which was read with this error, until
// there is none.
func (h *hub) run(last int64, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-h.stopped:
			return
		case <-h.notified:
		}
		if h.ends() {
			return
		}
		var events [][]byte
		if err == nil {
			events, last, err = h.read(ctx, last)
		} else {
			_, last, err = h.read(ctx, -1)
		}
		h.tell(events)
		timer.Reset(pause)
		select {
		case <-h.stopped:
			return
		case <-timer.C:
		}
	}
}

// ends reports whether the last stream has gone. The next one begins another loop.
func (h *hub) ends() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams) == 0 {
		h.running = false
	}
	return !h.running
}

func (h *hub) tell(events [][]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for stream := range h.streams {
		for _, e := range events {
			select {
			case stream <- e:
			default:
			}
		}
	}
}
