package server

import (
	"cmp"
	"time"
)

// Limits bound the time and size of a request. Zero means the default.
type Limits struct {
	// Header is the time for the head of a request; 10 seconds.
	Header time.Duration
	// Request is the time for a request to arrive, and from the end of its head
	// to the end of its call; 30 seconds.
	Request time.Duration
	// Answer is the time to send the answer of a call that used up its own time;
	// 5 seconds.
	Answer time.Duration
	// Idle is how long a connection may wait for its next request; 2 minutes.
	Idle time.Duration
	// Grace is how long calls in flight may take to end when the server stops;
	// 35 seconds.
	Grace time.Duration
	// Connections is how many connections may be open at once; zero is no bound.
	Connections int
	// HeaderBytes is the size of the head; 16 KiB.
	HeaderBytes int
	// BodyBytes is the size of the body; 1 MiB.
	BodyBytes int64
	// BodyMemory is the memory of the bodies of all requests; 64 MiB.
	BodyMemory int64
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Header:      cmp.Or(l.Header, 10*time.Second),
		Request:     cmp.Or(l.Request, 30*time.Second),
		Answer:      cmp.Or(l.Answer, 5*time.Second),
		Idle:        cmp.Or(l.Idle, 2*time.Minute),
		Grace:       cmp.Or(l.Grace, 35*time.Second),
		Connections: l.Connections,
		HeaderBytes: cmp.Or(l.HeaderBytes, 16<<10),
		BodyBytes:   cmp.Or(l.BodyBytes, 1<<20),
		BodyMemory:  cmp.Or(l.BodyMemory, 64<<20),
	}
}
