package importing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/internal/clone"
	"accord/internal/seed"
	"accord/internal/service/importing"
	"accord/internal/service/seeding"
)

// answers is a source that answers each operation with a text, or as a function says.
type answers struct {
	texts  map[string]string
	before func(ctx context.Context, operation string) error
}

var organization = map[string]string{
	"GetCallerIdentity":    `{"Account": "111111111111"}`,
	"DescribeOrganization": `{"Organization": {"Id": "o-exampleorgid", "Arn": "arn:aws:organizations::111111111111:organization/o-exampleorgid", "FeatureSet": "ALL", "MasterAccountId": "111111111111", "MasterAccountEmail": "m@example.com"}}`,
	"ListRoots":            `{"Roots": [{"Id": "r-ab12"}]}`,
	"ListAccounts":         `{"Accounts": [{"Id": "111111111111", "Name": "Management", "Email": "m@example.com", "State": "ACTIVE", "JoinedTimestamp": 1767600000}]}`,
}

func (a answers) Call(ctx context.Context, operation string, _ clone.Input) (json.RawMessage, error) {
	if a.before != nil {
		if err := a.before(ctx, operation); err != nil {
			return nil, err
		}
	}
	if text, known := a.texts[operation]; known {
		return json.RawMessage(text), nil
	}
	return json.RawMessage(`{}`), nil
}

// target is a server that notes what it is asked to make.
type target struct {
	here    *seed.Document
	now     time.Time
	virtual bool
	refused error
	applied []*seed.Document
}

func (t *target) Organization(context.Context, string) (*seed.Document, error) { return t.here, nil }

func (t *target) Now(context.Context) (time.Time, bool, error) { return t.now, t.virtual, nil }

func (t *target) Apply(_ context.Context, d *seed.Document, _ bool) (*seeding.Report, error) {
	if t.refused != nil {
		return nil, t.refused
	}
	t.applied = append(t.applied, d)
	return &seeding.Report{Changes: make([]seeding.Change, 3)}, nil
}

var now = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// server has imports whose work ends with stop; wait waits for its end.
type server struct {
	*importing.Imports
	target *target
	stop   context.CancelFunc
	work   sync.WaitGroup
	log    bytes.Buffer
}

func open(t *testing.T, from clone.Source) *server {
	t.Helper()
	s := &server{target: &target{now: now, virtual: true}}
	var background context.Context
	background, s.stop = context.WithCancel(t.Context())
	s.Imports = importing.New(importing.Options{
		Target: s.target, Now: func() time.Time { return now.Add(time.Hour) }, Key: func() []byte { return []byte("key") },
		Open: func(context.Context, importing.Source) (clone.Source, error) { return from, nil },
		Run:  func(work func(context.Context)) { s.work.Go(func() { work(background) }) },
		Log:  slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	t.Cleanup(func() { s.stop(); s.work.Wait() })
	return s
}

func recorded() error { return nil }

var asAccount = importing.Request{Source: importing.Source{Endpoint: "http://127.0.0.1:1", Account: "111111111111"}}

// run makes an import and waits for its end.
func (s *server) run(t *testing.T, kind importing.Kind, r importing.Request) importing.Status {
	t.Helper()
	if _, err := s.Start(t.Context(), kind, r, recorded); err != nil {
		t.Fatal(err)
	}
	s.work.Wait()
	return s.Status()
}

// TestAnImportIsMadeInTheBackground: the organization comes here, and a virtual clock that is
// behind goes to the instant of the reading.
func TestAnImportIsMadeInTheBackground(t *testing.T) {
	s := open(t, answers{texts: organization})
	if got := s.Status(); got.State != importing.None {
		t.Errorf("before the first one: %+v", got)
	}
	got := s.run(t, importing.Import, asAccount)
	if got.State != importing.Done || got.Error != "" || got.Organization != "o-exampleorgid" || got.Counts.Accounts != 1 || got.Changes != 3 || got.Done != got.Of || got.Done < 10 ||
		got.Clock == nil || !got.Clock.Equal(now.Add(time.Hour+time.Second)) || got.Source != "http://127.0.0.1:1 as 111111111111" || len(got.NotRead) != 2 {
		t.Errorf("%+v", got)
	}
	if len(s.target.applied) != 1 || s.target.applied[0].Organizations[0].ID != "o-exampleorgid" {
		t.Errorf("%+v", s.target.applied)
	}
	s.target.here = s.target.applied[0]
	if again := s.run(t, importing.Import, asAccount); again.State != importing.Failed || !strings.HasPrefix(again.Error, "the server has o-exampleorgid already: replace it") {
		t.Errorf("an organization that is here: %+v", again)
	}
	if same := s.run(t, importing.Compare, asAccount); same.State != importing.Done || len(same.Drift.Changes) != 0 {
		t.Errorf("the control of a drift: %+v", same)
	}
	s.target.here = nil
	if none := s.run(t, importing.Compare, asAccount); none.State != importing.Failed || !strings.Contains(none.Error, "does not have o-exampleorgid: import it first") {
		t.Errorf("a drift from nothing: %+v", none)
	}
	if err := s.Cancel(recorded); err != nil || s.Status().State != importing.None {
		t.Errorf("forgotten: %v %+v", err, s.Status())
	}
	if err := s.Cancel(recorded); !errors.Is(err, importing.ErrNone) {
		t.Errorf("nothing to cancel: %v", err)
	}
}

// TestOneImportAtATime: a second one is refused, and it ends as a whole when it is canceled or
// the server stops.
func TestOneImportAtATime(t *testing.T) {
	for name, end := range map[string]func(s *server) error{
		"canceled": func(s *server) error { return s.Cancel(recorded) },
		"stopped":  func(s *server) error { s.stop(); return nil },
	} {
		began := make(chan struct{}, 100)
		s := open(t, answers{texts: organization, before: func(ctx context.Context, operation string) error {
			if operation != "ListTagsForResource" {
				return nil
			}
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}})
		if _, err := s.Start(t.Context(), importing.Import, asAccount, recorded); err != nil {
			t.Fatal(err)
		}
		<-began
		if got := s.Status(); got.State != importing.Reading || !got.Running() || got.Done >= got.Of {
			t.Errorf("%s: while it runs: %+v", name, got)
		}
		if _, err := s.Start(t.Context(), importing.Compare, asAccount, recorded); !errors.Is(err, importing.ErrBusy) {
			t.Errorf("%s: a second one: %v", name, err)
		}
		if err := end(s); err != nil {
			t.Error(err)
		}
		s.work.Wait()
		if got := s.Status(); got.State != importing.Canceled || got.Ended == nil || !strings.Contains(got.Error, "nothing was changed") || len(s.target.applied) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestAnImportThatIsNotRecordedDoesNotBegin.
func TestAnImportThatIsNotRecordedDoesNotBegin(t *testing.T) {
	s := open(t, answers{before: func(context.Context, string) error { t.Error("a call was made"); return nil }})
	broken := errors.New("the store is gone")
	if _, err := s.Start(t.Context(), importing.Import, asAccount, func() error { return broken }); !errors.Is(err, broken) || s.Status().State != importing.None {
		t.Errorf("%v %+v", err, s.Status())
	}
}

// TestAttackASourceThatLies: what it answers is refused with its place, and nothing of the
// secrets with which it was called comes back, in whichever text. The control is the secret in
// what the source was called with.
func TestAttackASourceThatLies(t *testing.T) {
	const secret, token = "wJalrXUtnFEMI/K7MDENG", "FwoGZXIvYXdzEXAMPLETOKEN0123456789"
	withKey := importing.Request{Source: importing.Source{Endpoint: "http://127.0.0.1:1", AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret, SessionToken: token}}
	for name, c := range map[string]struct {
		texts map[string]string
		err   error
		want  string
	}{
		"no JSON":               {map[string]string{"DescribeOrganization": `<html>`}, nil, "not a JSON object"},
		"another form":          {map[string]string{"DescribeOrganization": `{"Organization": {"Id": "../x", "MasterAccountId": "111111111111"}}`}, nil, "DescribeOrganization"},
		"two roots":             {map[string]string{"ListRoots": `{"Roots": [{"Id": "r-ab12"}, {"Id": "r-ab13"}]}`}, nil, "has 2 roots"},
		"endless pages":         {map[string]string{"ListAccounts": `{"Accounts": [], "NextToken": "x"}`}, nil, "the pages do not end"},
		"the token in a name":   {map[string]string{"ListAccounts": `{"Accounts": [{"Id": "111111111111", "Name": "` + token + `"}]}`}, nil, "ListAccounts: the answer has the session token in it"},
		"the token in an error": {nil, &clone.APIError{Code: "AccessDenied", Message: "no " + token + " " + secret}, "AccessDenied: no … …"},
		"the secret in a text":  {nil, errors.New("dial " + secret), "dial …"},
		"a long text":           {nil, errors.New(strings.Repeat("é", 5000)), "…"},
	} {
		texts := map[string]string{}
		for _, of := range []map[string]string{organization, c.texts} {
			for operation, text := range of {
				texts[operation] = text
			}
		}
		s := open(t, answers{texts: texts, before: func(context.Context, string) error { return c.err }})
		got := s.run(t, importing.Import, withKey)
		text, err := json.Marshal(got)
		if err != nil || got.State != importing.Failed || !strings.Contains(got.Error, c.want) || len(got.Error) > 3000 || len(s.target.applied) > 0 {
			t.Errorf("%s: %v %+v", name, err, got)
		}
		for where, of := range map[string]string{"the status": string(text), "the log": s.log.String()} {
			if strings.Contains(of, secret) || strings.Contains(of, token) || strings.Contains(of, "AKIAEXAMPLE") {
				t.Errorf("%s: %s has a secret: %s", name, where, of)
			}
		}
	}
	t.Log("evidence: 8 answers that lie fail whole, and no secret comes back")
}

// TestMasksOfAnImport: with a key they are the same again, as a comparison needs.
func TestMasksOfAnImport(t *testing.T) {
	s := open(t, answers{texts: organization})
	masked := asAccount
	masked.Mask, masked.MaskKey = true, strings.Repeat("k", 64)
	if got := s.run(t, importing.Import, masked); got.State != importing.Done || got.Request.MaskKey != "" {
		t.Errorf("%+v", got)
	}
	first := s.target.applied[0].Organizations[0].Management.Email
	if !strings.HasPrefix(first, "masked-") {
		t.Errorf("the address is %s", first)
	}
	s.target.here = s.target.applied[0]
	if got := s.run(t, importing.Compare, masked); got.State != importing.Done || len(got.Drift.Changes) > 0 {
		t.Errorf("with the key of the import: %+v", got)
	}
	masked.MaskKey = strings.Repeat("x", 64)
	if got := s.run(t, importing.Compare, masked); len(got.Drift.Changes) == 0 {
		t.Errorf("the control: with another key nothing differs")
	}
}

// TestRequestsThatCannotBe are refused with the member.
func TestRequestsThatCannotBe(t *testing.T) {
	key := func(s importing.Source) importing.Source {
		s.AccessKeyID, s.SecretAccessKey = "AKIAEXAMPLE", "secret"
		return s
	}
	const here = "http://127.0.0.1:1"
	for want, c := range map[string]struct {
		kind importing.Kind
		r    importing.Request
	}{
		"from: \"gcp\"":               {importing.Import, importing.Request{Source: importing.Source{From: "gcp"}}},
		"endpoint: either":            {importing.Import, importing.Request{}},
		"endpoint: either the URL":    {importing.Import, importing.Request{Source: importing.Source{From: "aws", Endpoint: here}}},
		"endpoint: it is not a URL":   {importing.Import, importing.Request{Source: importing.Source{Endpoint: "file:///etc/passwd", Account: "111111111111"}}},
		"endpoint: it is not":         {importing.Import, importing.Request{Source: importing.Source{Endpoint: "http://u:p@host", Account: "111111111111"}}},
		"endpoint: it is":             {importing.Import, importing.Request{Source: importing.Source{Endpoint: here + "?x=y", Account: "111111111111"}}},
		"account: \"x\"":              {importing.Import, importing.Request{Source: importing.Source{Endpoint: here, Account: "x"}}},
		"account: it belongs":         {importing.Import, importing.Request{Source: importing.Source{From: "aws", Account: "111111111111"}}},
		"account: an account or":      {importing.Import, importing.Request{Source: importing.Source{Endpoint: here}}},
		"profile: it belongs to AWS":  {importing.Import, importing.Request{Source: importing.Source{Endpoint: here, Profile: "p", Account: "111111111111"}}},
		"profile: it has control":     {importing.Import, importing.Request{Source: importing.Source{From: "aws", Profile: "a\nb"}}},
		"region: it is not":           {importing.Import, importing.Request{Source: importing.Source{From: "aws", Region: "x.evil.example/"}}},
		"accessKeyId: an access key":  {importing.Import, importing.Request{Source: key(importing.Source{From: "aws", Profile: "p"})}},
		"accessKeyId: it is not the":  {importing.Import, importing.Request{Source: importing.Source{From: "aws", AccessKeyID: "a b", SecretAccessKey: "x"}}},
		"secretAccessKey: an access":  {importing.Import, importing.Request{Source: importing.Source{From: "aws", AccessKeyID: "AKIAEXAMPLE"}}},
		"sessionToken: it has spaces": {importing.Import, importing.Request{Source: importing.Source{From: "aws", AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "x", SessionToken: "a\r\nb"}}},
		"maskKey: it is the key of":   {importing.Import, importing.Request{Source: asAccount.Source, MaskKey: strings.Repeat("k", 64)}},
		"maskKey: the key has 1":      {importing.Import, importing.Request{Source: asAccount.Source, Mask: true, MaskKey: "k"}},
		"maskKey: the key of the":     {importing.Compare, importing.Request{Source: asAccount.Source, Mask: true}},
		"replace: a comparison":       {importing.Compare, importing.Request{Source: asAccount.Source, Replace: true}},
	} {
		s := open(t, answers{before: func(context.Context, string) error { t.Errorf("%s: a call was made", want); return nil }})
		_, err := s.Start(t.Context(), c.kind, c.r, recorded)
		var bad *importing.BadRequest
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, r := range []importing.Request{asAccount, {Source: importing.Source{From: "aws"}}, {Source: key(importing.Source{From: "aws"})}, {Source: key(importing.Source{Endpoint: here + "/path"})}} {
		if err := r.Check(importing.Import); err != nil {
			t.Errorf("the control: %v", err)
		}
	}
}
