package admin

import (
	"net/http"
	"time"

	"accord/internal/clock"
)

// clockJSON is the clock in a response.
type clockJSON struct {
	// Clock is "system" or "virtual".
	Clock string    `json:"clock"`
	Now   time.Time `json:"now"`
}

func (s *Server) clock(http.ResponseWriter, *http.Request) (any, error) {
	kind := "system"
	if s.Clock.Virtual() {
		kind = "virtual"
	}
	return clockJSON{kind, s.Clock.Now()}, nil
}

// moveClock takes {"advance": "15d"} or {"set": "2026-12-24T12:00:00Z"}.
func (s *Server) moveClock(w http.ResponseWriter, r *http.Request) (any, error) {
	var to struct {
		Advance *string `json:"advance"`
		Set     *string `json:"set"`
	}
	if err := readBody(r, &to); err != nil {
		return nil, err
	}
	defer longAnswer(w)()
	switch {
	case (to.Advance == nil) == (to.Set == nil):
		return nil, badRequest(`one of "advance" and "set" is expected`)
	case to.Set != nil:
		at, err := clock.ParseInstant(*to.Set)
		if err != nil {
			return nil, badRequest("set: %.80q is not an instant such as 2026-12-24 or 2026-12-24T12:00:00Z", *to.Set)
		}
		if err := s.Clock.Set(r.Context(), at); err != nil {
			return nil, err
		}
	default:
		by, err := clock.ParseDuration(*to.Advance)
		if err != nil {
			return nil, badRequest("advance: %.80q is not a duration such as 15d, 1d12h or 90m", *to.Advance)
		}
		if err := s.Clock.Advance(r.Context(), by); err != nil {
			return nil, err
		}
	}
	return s.clock(w, r)
}
