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
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want || calls.Load() != 1) {
			t.Errorf("%d bytes: %d calls, %v", size, calls.Load(), err)
		}
	}
}

// TestNoRedirectIsFollowed: a call goes where the caller said. The control is the same answer
// without a redirect.
func TestNoRedirectIsFollowed(t *testing.T) {
	noProfiles(t)
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		_, _ = w.Write([]byte(`{}`))
	}))
	defer other.Close()
	for status, want := range map[int]string{http.StatusOK: "", http.StatusFound: "leads to another address (HTTP 302)", http.StatusTemporaryRedirect: "leads to another address (HTTP 307)", http.StatusPermanentRedirect: "leads to another address (HTTP 308)"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{}`))
		}))
		defer s.Close()
		opened, err := sdk.Open(t.Context(), sdk.Options{Endpoint: s.URL, AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = opened.Call(t.Context(), "ListRoots", clone.Input{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if n := elsewhere.Load(); n > 0 {
		t.Errorf("%d calls went elsewhere", n)
	}
	t.Log("evidence: of 3 kinds of redirects none is followed")
}
