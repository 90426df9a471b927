// Package golden_test holds exchanges byte for byte: what a client sends and what
// it gets, over a real connection, with a clock that stands and seeded ids.
//
// Each file is one exchange, exchanges/<Operation>/<case>.txt. In the heads, lines
// end as in files here and not as on the wire, and the line Date is left out. After
// a change that is meant, run
//
//	go test ./test/golden -update
//
// and read the difference: every line of it is something that a client can see.
package golden_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/ident"
)

var update = flag.Bool("update", false, "write the files instead of comparing them")

// The accounts of all stories.
const (
	alice = "111111111111"
	bob   = "222222222222"
	carol = "333333333333"
)

// start is where the clock stands.
var start = time.Date(2026, time.November, 2, 8, 0, 0, 0, time.UTC)

// book is where the exchanges of one story are written.
type book struct {
	t *testing.T
	*app.App
	// written are the files of all stories, so that none is written twice or stays
	// when nobody writes it.
	written map[string]bool
}

// open begins a story on an installation of its own, with rules as "name=value".
func open(t *testing.T, written map[string]bool, rules ...string) *book {
	t.Helper()
	c, err := config.Load(config.Input{
		"listen": {"127.0.0.1:0"}, "admin-listen": {"127.0.0.1:0"}, "store": {"memory"}, "clock": {"virtual"}, "behavior": rules,
	}, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	i, err := app.Open(t.Context(), c, app.Options{Start: start, Source: ident.NewSeededSource(1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := i.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &book{t: t, App: i, written: written}
}

// register gives an account a name and an address.
func (b *book) register(account, email, name string) {
	b.t.Helper()
	if _, err := b.Provider.Register(b.t.Context(), ident.AccountID(account), ident.Email(email), name); err != nil {
		b.t.Fatal(err)
	}
}

// pass lets time pass.
func (b *book) pass(d time.Duration) {
	b.t.Helper()
	if err := b.Clock.Advance(b.t.Context(), d); err != nil {
		b.t.Fatal(err)
	}
}

// answer is what came back: head and body.
type answer string

// member is the first text of the answer that a member of that name has.
func (a answer) member(name string) string {
	match := regexp.MustCompile(`"` + name + `":"([^"]*)"`).FindStringSubmatch(string(a))
	if match == nil {
		panic(fmt.Sprintf("no member %s in\n%s", name, a))
	}
	return match[1]
}

// call calls an operation of Organizations.
func (b *book) call(account, operation, body string) answer {
	b.t.Helper()
	_, a := b.exchange(organizationsHead(account, operation), body)
	return a
}

// record calls an operation of Organizations and holds the exchange as a case.
func (b *book) record(name, account, operation, body string) answer {
	b.t.Helper()
	request, a := b.exchange(organizationsHead(account, operation), body)
	b.hold(operation, name, request, a)
	return a
}

func organizationsHead(account, operation string) string {
	return head("organizations", account, "application/x-amz-json-1.1", "X-Amz-Target: AWSOrganizationsV20161128."+operation)
}

// recordSTS calls an operation of STS and holds the exchange as a case.
func (b *book) recordSTS(name, account, operation, parameters string) {
	b.t.Helper()
	request, a := b.exchange(head("sts", account, "application/x-www-form-urlencoded"), "Action="+operation+"&Version=2011-06-15"+parameters)
	b.hold(operation, name, request, a)
}

// head is the head of a signed request.
func head(service, account, contentType string, more ...string) string {
	lines := []string{
		"POST / HTTP/1.1",
		"Host: " + service + ".us-east-1.amazonaws.com",
		"Connection: close",
		"Content-Type: " + contentType,
	}
	lines = append(lines, more...)
	lines = append(lines, "Authorization: AWS4-HMAC-SHA256 Credential="+account+"/20261102/us-east-1/"+service+
		"/aws4_request, SignedHeaders=host, Signature=unsigned")
	return strings.Join(lines, "\n")
}

// date is the one line of an answer that says when it was sent.
var date = regexp.MustCompile(`(?m)^Date: .*\n`)

// exchange sends a request over a connection of its own and reads the answer to
// its end. Work that the call leaves to do is done when it returns, so that ids
// are given out in the same order in each run.
func (b *book) exchange(head, body string) (request string, a answer) {
	b.t.Helper()
	connection, err := net.Dial("tcp", b.Address())
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	request = fmt.Sprintf("%s\nContent-Length: %d\n\n%s", head, len(body), body)
	wireHead, _, _ := strings.Cut(request, "\n\n")
	if _, err := io.WriteString(connection, strings.ReplaceAll(wireHead, "\n", "\r\n")+"\r\n\r\n"+body); err != nil {
		b.t.Fatal(err)
	}
	text, err := io.ReadAll(connection)
	if err != nil {
		b.t.Fatal(err)
	}
	b.pass(0)
	answerHead, answerBody, found := bytes.Cut(text, []byte("\r\n\r\n"))
	if !found {
		b.t.Fatalf("no answer: %q", text)
	}
	lines := date.ReplaceAllString(strings.ReplaceAll(string(answerHead), "\r\n", "\n")+"\n", "")
	return request, answer(lines + "\n" + string(answerBody))
}

// hold compares an exchange with the file of its case, or writes that.
func (b *book) hold(operation, name, request string, a answer) {
	b.t.Helper()
	path := filepath.Join("exchanges", operation, name+".txt")
	if b.written[path] {
		b.t.Fatalf("%s stands twice", path)
	}
	b.written[path] = true
	got := request + "\n\n" + string(a)
	if !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	if *update {
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(got), 0o644)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		b.t.Errorf("%v; run with -update to write it", err)
		return
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestExchanges(t *testing.T) {
	written := map[string]bool{}
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) { story.tell(open(t, written, story.rules...)) })
	}
	if t.Failed() {
		return
	}
	files, err := filepath.Glob("exchanges/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		switch {
		case written[path]:
		case *update:
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("no story writes %s", path)
		}
	}
}
