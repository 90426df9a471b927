package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// caller is one connection that stays open. It speaks just enough HTTP: a client
// that costs more than the server would measure itself.
type caller struct {
	conn    io.ReadWriteCloser
	read    *bufio.Reader
	request []byte
	// header and body are those of the last answer.
	status int
	header []byte
	body   []byte
}

// sleepless clients keep their core busy while they wait. Where a database server
// has the same core, they would take it away.
var sleepless = true

func dial(address string) (*caller, error) {
	open := func() (io.ReadWriteCloser, error) { return net.Dial("tcp", address) }
	if sleepless {
		open = func() (io.ReadWriteCloser, error) { return connect(address) }
	}
	conn, err := open()
	if err != nil {
		return nil, err
	}
	return &caller{conn: conn, read: bufio.NewReaderSize(conn, 64<<10)}, nil
}

const prefix = "AWSOrganizationsV20161128."

// call sends a request and reads its answer. An error of the service is one of the
// caller here.
func (c *caller) call(account, operation, input string) error {
	date, authorization, err := signatures.of(account, operation, input)
	if err != nil {
		return err
	}
	r := c.request[:0]
	r = append(r, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: accord-bench\r\nContent-Type: "+contentType+"\r\nX-Amz-Target: "+prefix...)
	r = append(append(r, operation...), "\r\nX-Amz-Date: "...)
	r = append(append(r, date...), "\r\nAuthorization: "...)
	r = append(r, authorization...)
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
		return &refusal{operation, c.status, string(c.body)}
	}
	return nil
}

// refusal is an answer of the service that is no success.
type refusal struct {
	operation string
	status    int
	body      string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %d %s", r.operation, r.status, r.body) }

var lengthHeader = []byte("Content-Length: ")

func (c *caller) receive() error {
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
func (c *caller) text(name string) string {
	for _, first := range c.texts(name) {
		return first
	}
	return ""
}

// texts finds all members of a name in the last answer.
func (c *caller) texts(name string) (values []string) {
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

// loop is what one client does again and again; turn counts.
type loop func(c *caller, turn int) (calls int, err error)

// measurement is what one load came to.
type measurement struct {
	// calls are those that were answered, rate how many in a second.
	calls int
	rate  float64
	// cost is the time on a core that the process took for each call, and busy the
	// part of the time in which it had one.
	cost time.Duration
	busy float64
}

// load lets clients call for a while.
func load(p *process, clients int, length time.Duration, of func(client int) loop) (m measurement, err error) {
	callers := make([]*caller, clients)
	for i := range callers {
		if callers[i], err = dial(p.address); err != nil {
			return m, err
		}
		defer func() { _ = callers[i].conn.Close() }()
	}
	before, err := p.used()
	if err != nil {
		return m, err
	}
	began := time.Now()
	end := began.Add(length)
	counts, faults := make([]int, clients), make([]error, clients)
	var all sync.WaitGroup
	for i, c := range callers {
		all.Go(func() {
			do := of(i)
			for turn := 0; faults[i] == nil && time.Now().Before(end); turn++ {
				var n int
				n, faults[i] = do(c, turn)
				counts[i] += n
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	after, err := p.used()
	if err := errors.Join(append(faults, err)...); err != nil {
		return m, err
	}
	for _, n := range counts {
		m.calls += n
	}
	if m.calls == 0 {
		return m, errors.New("no call was answered")
	}
	m.rate = float64(m.calls) / took.Seconds()
	m.cost = (after - before) / time.Duration(m.calls)
	m.busy = float64(after-before) / float64(took)
	return m, nil
}

// same calls one operation again and again.
func same(account, operation, input string) func(int) loop {
	return func(int) loop {
		return func(c *caller, _ int) (int, error) { return 1, c.call(account, operation, input) }
	}
}

// middle is the measurement whose parts are the medians of many.
func middle(all []measurement) (m measurement) {
	pick := func(of func(measurement) float64) float64 {
		numbers := make([]float64, len(all))
		for i := range all {
			numbers[i] = of(all[i])
		}
		return median(numbers)
	}
	m.rate = pick(func(m measurement) float64 { return m.rate })
	m.busy = pick(func(m measurement) float64 { return m.busy })
	m.cost = time.Duration(pick(func(m measurement) float64 { return float64(m.cost) }))
	return m
}
