package app_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/health"
)

// TestAStoreThatCannotServeIsUnavailable in each protocol, with the reason and without the
// path. The controls are the same calls once it can.
func TestAStoreThatCannotServeIsUnavailable(t *testing.T) {
	var full atomic.Bool
	f := fixture{apptest.Open(t, apptest.Config(t), app.Options{BeforeCommit: func() error {
		if full.Load() {
			return &health.NotReady{Reason: health.DiskFull, Cure: "free space on /data", Cause: errors.New("/data is full")}
		}
		return nil
	}}), t}
	defer f.close()
	calls := map[string]func() *http.Request{
		"awsjson": func() *http.Request { return request(alice, "CreateOrganization", `{}`) },
		"awsquery": func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Authorization", apptest.Authorization(bob, "sts"))
			return r
		},
	}
	for _, fails := range []bool{true, false} {
		full.Store(fails)
		for protocol, call := range calls {
			w := httptest.NewRecorder()
			f.API().ServeHTTP(w, call())
			body := w.Body.String()
			if !fails {
				if w.Code != http.StatusOK {
					t.Errorf("the control, %s: %d %s", protocol, w.Code, body)
				}
				continue
			}
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" ||
				!strings.Contains(body, "ServiceUnavailable") || !strings.Contains(body, "the disk of the store is full") || strings.Contains(body, "/data") {
				t.Errorf("%s: %d %v %s", protocol, w.Code, w.Header(), body)
			}
		}
		if status := f.admin(http.MethodGet, "/livez", ""); status != http.StatusOK {
			t.Errorf("/livez is %d", status)
		}
	}
}
