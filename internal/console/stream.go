package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"accord/internal/console/visit"
)

// serveLive sends what happens to a live page until the page is closed or the server stops.
func (s *Console) serveLive(v *visitor) error {
	if !v.Powers {
		return visit.NeedsToken()
	}
	stream := s.live.join()
	if stream == nil {
		// A browser asks no further after this status. [HTML: server-sent events]
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	defer s.live.leave(stream)
	answer := http.NewResponseController(v.w)
	_ = answer.SetWriteDeadline(time.Time{})
	v.w.Header().Set("Content-Type", "text/event-stream")
	if _, err := v.w.Write([]byte("retry: 2000\n\n")); err != nil {
		return nil //nolint:nilerr // The page has gone.
	}
	for {
		if answer.Flush() != nil {
			return nil
		}
		select {
		case <-v.Context().Done():
			return nil
		case <-s.live.stopped:
			return nil
		case event := <-stream:
			if _, err := v.w.Write(event); err != nil {
				return nil //nolint:nilerr // The page has gone.
			}
		}
	}
}

// readRecords reads the records after a sequence as events: the row of each as every page
// shows it.
func (s *Console) readRecords(ctx context.Context, after int64) (events [][]byte, last int64, err error) {
	v := &visit.Visit{Request: (&http.Request{}).WithContext(ctx), Server: &s.Server, Powers: true}
	if after < 0 {
		found, err := v.Records("limit=1")
		if err != nil || len(found) == 0 {
			return nil, 0, err
		}
		return nil, found[0].Sequence, nil
	}
	found, err := v.Records("limit=100&after=" + strconv.FormatInt(after, 10))
	if err != nil {
		return nil, after, err
	}
	for _, happened := range found {
		row, err := executed("home", "happened", happened)
		if err != nil {
			return nil, after, err
		}
		events = append(events, event(happened.Sequence, row))
		after = happened.Sequence
	}
	return events, after, nil
}

// event is a text as an event of a stream, whose lines each need a name.
func event(id int64, text []byte) []byte {
	var e bytes.Buffer
	fmt.Fprintf(&e, "id: %d\nevent: happened\n", id)
	for line := range bytes.Lines(bytes.TrimSpace(text)) {
		fmt.Fprintf(&e, "data: %s\n", bytes.TrimRight(line, "\r\n"))
	}
	e.WriteByte('\n')
	return e.Bytes()
}
