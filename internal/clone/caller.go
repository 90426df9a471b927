package clone

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"accord/internal/seed"
)

// caller calls a source: so many calls at a time, and with the list of what could not be
// read.
type caller struct {
	source   Source
	slots    chan struct{}
	progress func(done, of int)

	mu        sync.Mutex
	done, of  int
	unread    []seed.Unread
	succeeded map[string]bool
	// left is how many bytes may still be answered.
	left int
}

// The bounds of a reading, against servers that never end.
const (
	// maxBytes are those of all answers.
	maxBytes = 1 << 30
	// maxPages are those of one list, and maxEmpty those that have nothing, one after another.
	maxPages, maxEmpty = 10_000, 100
	// maxEntries are those of one list.
	maxEntries = seed.MaxAccounts
)

func newCaller(source Source, parallel int, progress func(done, of int)) *caller {
	return &caller{source: source, slots: make(chan struct{}, parallel), progress: progress, succeeded: map[string]bool{}, left: maxBytes}
}

// call makes one call, when a slot is free.
func (c *caller) call(ctx context.Context, o Operation, in Input) (map[string]json.RawMessage, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c.count(0, 1)
	text, err := c.source.Call(ctx, o.Name, in)
	<-c.slots
	c.count(1, 0)
	if err != nil {
		return nil, err
	}
	if !c.fits(len(text)) {
		return nil, fmt.Errorf("the answers have more than %d MiB", maxBytes>>20)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, fmt.Errorf("%s: the output is not a JSON object: %w", o.Name, err)
	}
	return members, nil
}

// fits counts an answer, and reports whether it may still be kept.
func (c *caller) fits(bytes int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= bytes
	return c.left >= 0
}

// count adds to what is done and to what there is to do.
func (c *caller) count(done, of int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done, c.of = c.done+done, c.of+of
	if c.progress != nil {
		c.progress(c.done, c.of)
	}
}

// refused notes what could not be read, and returns every other error.
func (c *caller) refused(o Operation, in Input, err error) error {
	if !isRefusal(o, err) {
		if subject := in.Subject(); subject != "" {
			return fmt.Errorf("%s of %s: %w", o.Name, subject, err)
		}
		return fmt.Errorf("%s: %w", o.Name, err)
	}
	c.note(o.Name, in.Subject(), err.Error())
	return nil
}

// note notes what the document does not have.
func (c *caller) note(operation, subject, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread = append(c.unread, seed.Unread{Operation: operation, Subject: subject, Error: why})
}

// listOf reads all pages of a list. It reports false if the list could not be read, which
// the document then says, unless the error is one of none: those mean that there is none.
func listOf[T any](ctx context.Context, c *caller, operation string, in Input, none ...string) ([]T, bool, error) {
	o := Find(operation)
	var all []T
	empty := 0
	for range maxPages {
		members, err := c.call(ctx, o, in)
		if isCode(err, none...) {
			return nil, true, nil
		}
		if err != nil {
			return nil, false, c.refused(o, in, err)
		}
		var page []*T
		var next string
		if err := member(members, o, o.Result, &page); err != nil {
			return nil, false, err
		}
		if err := member(members, o, "NextToken", &next); err != nil {
			return nil, false, err
		}
		for i, entry := range page {
			if entry == nil {
				return nil, false, fmt.Errorf("%s: %s[%d] of the output is null", operation, o.Result, i)
			}
			all = append(all, *entry)
		}
		if len(all) > maxEntries {
			return nil, false, fmt.Errorf("%s: the list has more than %d entries", operation, maxEntries)
		}
		if next == "" {
			c.read(operation)
			return all, true, once(o, in, all)
		}
		if empty++; len(page) > 0 {
			empty = 0
		}
		if next == in.NextToken || empty == maxEmpty {
			break
		}
		in.NextToken = next
	}
	return nil, false, fmt.Errorf("%s: the pages do not end", operation)
}

// once refuses a list that has an entry twice. The first member of an entry tells it from others.
func once[T any](o Operation, in Input, all []T) error {
	seen := make(map[string]bool, len(all))
	for i := range all {
		key := reflect.ValueOf(all[i]).Field(0).String()
		if seen[key] {
			return &Contradiction{strings.TrimSpace(o.Name + " " + in.Subject()), fmt.Sprintf("%.80q appears twice", key)}
		}
		seen[key] = true
	}
	return nil
}

// describe reads one thing into out. It reports false if there is none, or if it could not
// be read, which the document then says.
func describe(ctx context.Context, c *caller, operation string, in Input, out any) (bool, error) {
	o := Find(operation)
	members, err := c.call(ctx, o, in)
	if isCode(err, o.Absent...) {
		return false, nil
	}
	if err != nil {
		return false, c.refused(o, in, err)
	}
	c.read(operation)
	if absent(members[o.Result]) {
		return false, nil
	}
	return true, member(members, o, o.Result, out)
}

// read notes that an operation has answered.
func (c *caller) read(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.succeeded[operation] = true
}

// absent reports whether there is no member of an output: the SDK writes null.
func absent(text json.RawMessage) bool { return text == nil || string(text) == "null" }

// member decodes a member of an output; it may be absent.
func member(members map[string]json.RawMessage, o Operation, name string, out any) error {
	text := members[name]
	if absent(text) {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: %s of the output: %w", o.Name, name, err)
	}
	if err := checkForms(reflect.ValueOf(out).Elem()); err != nil {
		return fmt.Errorf("%s: %s of the output: %w", o.Name, name, err)
	}
	return nil
}

// maxAtOnce is how many functions each runs at once: as many as calls may, and not as many as a
// server says that there are things.
const maxAtOnce = 256

// each runs a function for every index below n, many at once; the calls within wait for
// slots. It returns the first error, by which the others end.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	var next atomic.Int64
	for range min(n, maxAtOnce) {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// together runs functions at once, as each does.
func together(ctx context.Context, all ...func(ctx context.Context) error) error {
	return each(ctx, len(all), func(ctx context.Context, i int) error { return all[i](ctx) })
}
