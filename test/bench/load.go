//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// connection is one keep-alive connection. It speaks just enough HTTP: a client
// that costs more than the server would measure itself.
type connection struct {
	conn    io.ReadWriteCloser
	read    *bufio.Reader
	request []byte
	// status, header and body are those of the last answer.
	status int
	header []byte
	body   []byte
}

// spinning clients keep their core busy while they wait. They would take it from a
// database server that shares it.
var spinning = true

func dial(address string) (*connection, error) {
	open := func() (io.ReadWriteCloser, error) { return net.Dial("tcp", address) }
	if spinning {
		open = func() (io.ReadWriteCloser, error) { return dialSpinning(address) }
	}
	conn, err := open()
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, read: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *connection) close() error { return c.conn.Close() }

// call sends a request and reads its answer. An error of the service is an apiError.
func (c *connection) call(account, operation, input string) error {
	by, err := signatures.of(account, operation, input)
	if err != nil {
		return err
	}
	r := c.request[:0]
	r = append(r, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: accord-bench\r\nContent-Type: "+contentType+"\r\nX-Amz-Target: "+prefix...)
	r = append(append(r, operation...), "\r\nX-Amz-Date: "...)
	r = append(append(r, by.date...), "\r\nAuthorization: "...)
	r = append(r, by.authorization...)
	if by.token != "" {
		r = append(append(r, "\r\nX-Amz-Security-Token: "...), by.token...)
	}
	r = append(r, "\r\nContent-Length: "...)
	r = strconv.AppendInt(r, int64(len(input)), 10)
	r = append(append(r, "\r\n\r\n"...), input...)
	c.request = r
	if _, err := c.conn.Write(r); err != nil {
		return err
	}
	if err := c.receive(); err != nil {
		return err
	}
	if c.status != 200 {
		return &apiError{operation, c.status, string(c.body)}
	}
	return nil
}

// apiError is an error that the service returned.
type apiError struct {
	operation string
	status    int
	body      string
}

func (r *apiError) Error() string { return fmt.Sprintf("%s: %d %s", r.operation, r.status, r.body) }

var lengthHeader = []byte("Content-Length: ")

func (c *connection) receive() error {
	c.header = c.header[:0]
	size := -1
	for {
		line, err := c.read.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if rest, found := bytes.CutPrefix(line, lengthHeader); found {
			if size, err = strconv.Atoi(string(bytes.TrimSpace(rest))); err != nil {
				return err
			}
		}
		c.header = append(c.header, line...)
	}
	if size < 0 || len(c.header) < 12 {
		return errors.New("an answer without a length")
	}
	c.status, _ = strconv.Atoi(string(c.header[9:12]))
	if cap(c.body) < size {
		c.body = make([]byte, size)
	}
	c.body = c.body[:size]
	_, err := io.ReadFull(c.read, c.body)
	return err
}

// text finds the first member of a name in the last answer.
func (c *connection) text(name string) string {
	for _, first := range c.texts(name) {
		return first
	}
	return ""
}

// texts finds all members of a name in the last answer.
func (c *connection) texts(name string) (values []string) {
	mark := []byte(`"` + name + `":"`)
	for rest := c.body; ; {
		_, after, found := bytes.Cut(rest, mark)
		if !found {
			return values
		}
		var value []byte
		value, rest, _ = bytes.Cut(after, []byte(`"`))
		values = append(values, string(value))
	}
}

// loop is one turn of a client, which repeats it; turn counts.
type loop func(c *connection, turn int) (calls int, err error)

// measurement is what one load came to.
type measurement struct {
	// rate is how many calls a second were answered.
	rate float64
	// cost is the CPU time of the process for each call, and busy the part of the
	// time in which it had the core.
	cost time.Duration
	busy float64
}

// run is what the clients and the process did in one measurement.
type run struct {
	// calls are the answered calls of each client.
	calls []int
	took  time.Duration
	// cpu is the CPU time of the process.
	cpu time.Duration
}

func (r run) measure() measurement {
	calls := 0
	for _, n := range r.calls {
		calls += n
	}
	return measurement{
		rate: float64(calls) / r.took.Seconds(),
		cost: r.cpu / time.Duration(max(calls, 1)),
		busy: float64(r.cpu) / float64(r.took),
	}
}

// drive runs loops for a while, each by a client of its own.
func drive(p *process, loops []loop, length time.Duration) (run, error) {
	end := time.Now().Add(length)
	return driveWhile(p, loops, func(int) bool { return time.Now().Before(end) })
}

// driveWhile runs loops, each by a client of its own, as long as a condition on the number
// of its turns holds.
func driveWhile(p *process, loops []loop, on func(turn int) bool) (r run, err error) {
	connections := make([]*connection, len(loops))
	for i := range connections {
		if connections[i], err = dial(p.address); err != nil {
			return r, err
		}
		defer func() { _ = connections[i].close() }()
	}
	before, err := p.used()
	if err != nil {
		return r, err
	}
	began := time.Now()
	failures := make([]error, len(loops))
	r.calls = make([]int, len(loops))
	var all sync.WaitGroup
	for i, c := range connections {
		all.Go(func() {
			// A short turn may begin while the server gives memory back.
			for turn := 0; failures[i] == nil && (turn == 0 || on(turn)); turn++ {
				var n int
				n, failures[i] = loops[i](c, turn)
				r.calls[i] += n
			}
		})
	}
	all.Wait()
	r.took = time.Since(began)
	after, err := p.used()
	r.cpu = after - before
	return r, errors.Join(errors.Join(failures...), err)
}

// load lets clients call for a while.
func load(p *process, clients int, length time.Duration, of func(client int) loop) (measurement, error) {
	r, err := drive(p, loopsOf(clients, of), length)
	if err == nil && slices.Max(r.calls) == 0 {
		err = errors.New("no call was answered")
	}
	return r.measure(), err
}

// loadCalls lets all clients make about so many calls together, one in each turn.
func loadCalls(p *process, of func(client int) loop, calls int) (measurement, error) {
	r, err := driveWhile(p, loopsOf(*clients, of), func(turn int) bool { return turn**clients < calls })
	return r.measure(), err
}

func loopsOf(clients int, of func(client int) loop) []loop {
	loops := make([]loop, clients)
	for i := range loops {
		loops[i] = of(i)
	}
	return loops
}
