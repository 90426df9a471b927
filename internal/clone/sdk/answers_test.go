package sdk_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/clone/sdk"
)

// TestWhatAServerSaysIsShortAndOnOneLine: it is shown on a terminal, and kept in a seed.
func TestWhatAServerSaysIsShortAndOnOneLine(t *testing.T) {
	noProfiles(t)
	for _, c := range []struct {
		status     int
		code, want string
	}{
		{http.StatusBadRequest, "AccessDeniedException", "AccessDeniedException: no and more xxx"},
		{http.StatusBadRequest, "ExpiredToken", "ExpiredToken: no and more xxx"},
		{http.StatusFound, "", "the server leads to another address (HTTP 302), where no call goes"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(c.status)
			if c.code != "" {
				_ = json.NewEncoder(w).Encode(map[string]string{"__type": c.code, "Message": "no\r\nand more " + strings.Repeat("x", 1<<20)})
			}
		}))
		_, err := describe(t, sdk.Options{Endpoint: s.URL, Account: management})
		s.Close()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 1000 {
			t.Errorf("%s: %.2000v", c.code, err)
		}
	}
}
