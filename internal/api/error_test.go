package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accord/internal/api"
)

func TestAnErrorReadsInOneLine(t *testing.T) {
	for want, e := range map[string]*api.Error{
		"XException":                 api.NewError("XException", "", ""),
		"XException (R)":             api.NewError("XException", "R", ""),
		"XException: Not now.":       api.NewError("XException", "", "Not now."),
		"XException (R): Not now.":   api.NewError("XException", "R", "Not now."),
		"YException (S): No, never.": api.NewError("YException", "S", "No, never.").Because(errors.New("secret")),
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if status := api.NewError("XException", "", "").Status; status != http.StatusBadRequest {
		t.Errorf("the status is %d", status)
	}
}

// TestErrorsAreNotChangedInPlace: an error of a table is shared by all calls.
func TestErrorsAreNotChangedInPlace(t *testing.T) {
	cause := errors.New("cause")
	native := api.NewError("XException", "N", "native")
	base := api.NewError("XException", "R", "documented").Natively(native)
	before := *base
	for name, c := range map[string]struct{ got, want *api.Error }{
		"Because": {base.Because(cause), &api.Error{Type: "XException", Reason: "R", Message: "documented", Status: 400, Native: native}},
		"Saying": {base.Saying("other"), &api.Error{Type: "XException", Reason: "R", Message: "other", Status: 400,
			Native: &api.Error{Type: "XException", Reason: "N", Message: "other", Status: 400}}},
		"RaisedBy": {base.RaisedBy("quota"), &api.Error{Type: "XException", Reason: "R", Message: "documented", Status: 400, Native: native, Setting: "quota"}},
		"Natively": {base.Natively(nil), &api.Error{Type: "XException", Reason: "R", Message: "documented", Status: 400}},
	} {
		if diff := cmp.Diff(c.want, c.got, cmpopts.IgnoreUnexported(api.Error{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if *base != before || native.Message != "native" {
		t.Errorf("the error became %+v, its native form %+v", base, native)
	}
	if err := error(base.Because(cause)); !errors.Is(err, cause) || errors.Is(base, cause) {
		t.Error("the cause is not the copy's, or is the original's")
	}
	if got := api.NewError("XException", "R", "a").Saying("b"); got.Native != nil || got.Message != "b" {
		t.Errorf("without a native form: %+v", got)
	}
}

func TestAnErrorIsFoundBehindOthers(t *testing.T) {
	e := api.NewError("XException", "R", "")
	var found *api.Error
	if !errors.As(fmt.Errorf("in a transaction: %w", e), &found) || found != e {
		t.Errorf("found %v", found)
	}
}

func TestEachStyleHasItsForm(t *testing.T) {
	plain := api.NewError("XException", "R", "")
	native := api.NewError("XException", "N", "")
	both := plain.Natively(native)
	for _, c := range []struct {
		e     *api.Error
		style api.WireStyle
		want  string
	}{
		{plain, api.Documented, "R"}, {plain, api.Native, "R"}, {both, api.Documented, "R"}, {both, api.Native, "N"},
	} {
		if got := c.e.In(c.style).Reason; got != c.want {
			t.Errorf("style %d: %s, want %s", c.style, got, c.want)
		}
	}
}

func TestTheCallerTravelsInTheContext(t *testing.T) {
	if got := api.CallerOf(context.Background()); got != (api.Caller{}) {
		t.Errorf("outside of a request: %+v", got)
	}
	want := api.Caller{Account: "111111111111", RequestID: "id"}
	ctx := api.WithCaller(context.Background(), want)
	if got := api.CallerOf(ctx); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	inner := api.WithCaller(ctx, api.Caller{Account: "222222222222"})
	if got := api.CallerOf(inner).Account; got != "222222222222" {
		t.Errorf("the inner caller is %s", got)
	}
}
