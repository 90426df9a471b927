package sdk_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"accord/internal/clone"
	"accord/internal/clone/sdk"
)

// TestAnAnswerThatIsTooLongIsRefusedOnce: the control is an answer within the bound.
func TestAnAnswerThatIsTooLongIsRefusedOnce(t *testing.T) {
	noProfiles(t)
	for size, want := range map[int]string{1 << 20: "", 33 << 20: "the answer has more than 32 MiB"} {
		var calls atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = w.Write([]byte(`{"Roots":[{"Name":"` + strings.Repeat("x", size) + `"}]}`))
		}))
		defer s.Close()
		opened, err := sdk.Open(t.Context(), sdk.Options{Endpoint: s.URL, Account: management})
		if err != nil {
			t.Fatal(err)
		}
		_, err = opened.Call(t.Context(), "ListRoots", clone.Input{})
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) || calls.Load() != 1 {
			t.Errorf("%d bytes: %d calls, %v", size, calls.Load(), err)
		}
	}
}
