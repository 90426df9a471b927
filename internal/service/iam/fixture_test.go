package iam_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/clock"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/quota"
	"accord/internal/service/iam"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/store"
	"accord/internal/store/identities"
)

const alice, bob = "111111111111", "222222222222"

// fixture is the service on a store of its own.
type fixture struct {
	*testing.T
	service  *iam.Service
	provider *provider.Provider
	store    *store.Store
	clock    *clock.Virtual
	// caller is who calls; the root user of alice at first.
	caller api.Caller
	// refused is why no change can be committed; nil if it can.
	refused error
}

// plainKeys makes access keys whose secrets are stored as they are.
type plainKeys struct{}

func (plainKeys) New(source *ident.Source, _ ident.AccountID) (id, secret, sealed string, err error) {
	id = source.Unique("AKIA")[:20]
	return id, "secret of " + id, "sealed " + id, nil
}

// root is the root user of an account.
func root(account string) api.Caller {
	return api.Caller{Account: account, Principal: "arn:aws:iam::" + account + ":root", UserID: account, Kind: api.RootUser, Partition: "aws", RequestID: "r"}
}

// open makes a fixture. Settings are the name of a quota and its value.
func open(t *testing.T, settings ...string) *fixture {
	t.Helper()
	address := "memory"
	if onPostgres {
		address = migrated.URL(t)
	}
	quotas := map[string]string{}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, " ")
		quotas[name] = value
	}
	limits, err := quota.New(quota.Profile2026, quotas)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, clock: clock.NewVirtual(time.Date(2026, 11, 2, 8, 0, 0, 123_000_000, time.UTC)), caller: root(alice)}
	log := slog.New(slog.DiscardHandler)
	f.store, err = store.Open(t.Context(), address, store.Options{Clock: f.clock, Source: ident.NewSource(), Log: log, Rehearse: !onPostgres, BeforeCommit: func() error { return f.refused }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.whole()
		if err := f.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := operation.New(t.Context(), operation.Options{
		Store: f.store, Jobs: jobs.New(f.store, f.clock, log), IDs: f.store.Source(), Quotas: limits, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.service, f.provider = iam.New(r, plainKeys{}), provider.New(r)
	return f
}

// whole wants the rows to contradict nothing, whatever the operations did.
func (f *fixture) whole() {
	f.Helper()
	err := f.store.View(context.Background(), func(v *store.View) error {
		findings, err := v.Contradictions()
		if len(findings) > 0 {
			f.Errorf("the rows contradict each other: %q", findings)
		}
		return err
	})
	if err != nil {
		f.Error(err)
	}
}

// call calls an operation with the parameters of a form, "Name=value Name=value", whose
// values are escaped as in URLs. It returns the result in XML, or the error as
// "Code: text".
func (f *fixture) call(operation, parameters string) string {
	f.Helper()
	in := iamapi.Operations[operation].NewRequest()
	form := new(api.Form)
	for _, p := range strings.Fields(parameters) {
		name, value, _ := strings.Cut(p, "=")
		text, err := url.PathUnescape(value)
		if err != nil {
			f.Fatal(err)
		}
		form.Insert(name, text)
	}
	in.(interface{ ReadForm(*api.Form) }).ReadForm(form)
	if parameter := form.Invalid(); parameter != "" {
		f.Fatalf("%s: the parameter %s", operation, parameter)
	}
	if violation := in.Validate(); violation != nil {
		return violation.Error()
	}
	out, err := in.Operation().Invoke(api.WithCaller(context.Background(), f.caller), f.service, in)
	var answer *api.Error
	switch {
	case errors.As(err, &answer):
		if !in.Operation().MayReturn(answer.Type) && !slices.Contains(iamapi.CommonErrors, answer.Type) {
			f.Errorf("%s: the model does not have %s", operation, answer.Type)
		}
		return answer.Error()
	case err != nil:
		f.Fatalf("%s: %v", operation, err)
	}
	return string(out.(interface{ AppendResultXML([]byte) []byte }).AppendResultXML(nil))
}

// step is a call and what its answer has to be: an error, or parts of the result.
type step struct {
	operation, parameters string
	want                  []string
}

// do calls, and wants the parts in the result.
func do(operation, parameters string, want ...string) step { return step{operation, parameters, want} }

// run runs steps.
func (f *fixture) run(steps ...step) {
	f.Helper()
	for n, s := range steps {
		got := f.call(s.operation, s.parameters)
		failed := regexp.MustCompile(`^[A-Z][A-Za-z]+: `).MatchString(got)
		if len(s.want) == 0 && failed {
			f.Errorf("step %d, %s %s: %s", n+1, s.operation, s.parameters, got)
		}
		for _, want := range s.want {
			if !strings.Contains(got, want) {
				f.Errorf("step %d, %s %s: %q is not in\n%s", n+1, s.operation, s.parameters, want, got)
			}
		}
	}
}

// version is the version of what an account has.
func (f *fixture) version(account string) (version int64) {
	f.Helper()
	if err := f.store.View(context.Background(), func(v *store.View) (err error) {
		version, err = identities.Version(v, ident.AccountID(account))
		return err
	}); err != nil {
		f.Fatal(err)
	}
	return version
}

// records are the event records that were written.
func (f *fixture) records() (bodies []string) {
	f.Helper()
	if err := f.store.View(context.Background(), func(v *store.View) error {
		messages, err := v.LatestMessages(event.MessageKind, 0, 1000)
		for _, m := range messages {
			bodies = append(bodies, m.Body)
		}
		return err
	}); err != nil {
		f.Fatal(err)
	}
	return bodies
}

// value is what the first element of a name holds.
func value(t *testing.T, xml, element string) string {
	t.Helper()
	m := regexp.MustCompile("<" + element + ">([^<]*)</").FindStringSubmatch(xml)
	if m == nil {
		t.Fatalf("there is no %s in %s", element, xml)
	}
	return m[1]
}

// names are what the elements of a name hold, in their order.
func names(xml, element string) string {
	var all []string
	for _, m := range regexp.MustCompile("<"+element+">([^<]*)</").FindAllStringSubmatch(xml, -1) {
		all = append(all, m[1])
	}
	return fmt.Sprint(all)
}

// A policy and a trust policy, escaped.
var (
	allow = url.PathEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	trust = url.PathEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}`)
)
