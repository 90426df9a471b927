// Package golden_test holds exchanges byte for byte: what a client sends and what
// it gets, over a real connection, with a clock that does not move and seeded ids.
//
// Each file is one exchange, exchanges/<Operation>/<case>.txt. In the heads, lines
// end with LF and not CRLF, and the Date header is left out. After an intended
// change, run
//
//	go test ./test/golden -update
//
// and read the diff: clients see every line of it.
package golden_test

import (
	"bytes"
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
	"accord/internal/app/apptest"
	"accord/internal/ident"
)

var update = flag.Bool("update", false, "write the files instead of comparing them")

// The accounts of all scenarios.
const (
	alice = "111111111111"
	bob   = "222222222222"
	carol = "333333333333"
)

// start is the time of the clock.
var start = time.Date(2026, time.November, 2, 8, 0, 0, 0, time.UTC)

// recorder records the exchanges of one scenario.
type recorder struct {
	t *testing.T
	*app.App
	// written are the files of all scenarios: none is written twice, and a file that
	// no scenario writes is removed.
	written map[string]bool
}

// open begins a scenario on an app of its own, with behaviors as "name=value".
func open(t *testing.T, written map[string]bool, behaviors ...string) *recorder {
	t.Helper()
	settings := []string{"clock", "virtual"}
	for _, b := range behaviors {
		settings = append(settings, "behavior", b)
	}
	a := apptest.Open(t, apptest.Config(t, settings...), app.Options{Start: start})
	t.Cleanup(func() { apptest.Close(t, a) })
	apptest.Listen(t, a)
	return &recorder{t: t, App: a, written: written}
}

// register gives an account a name and an address.
func (r *recorder) register(account, email, name string) {
	r.t.Helper()
	if _, err := r.Provider.Register(r.t.Context(), ident.AccountID(account), ident.Email(email), name); err != nil {
		r.t.Fatal(err)
	}
}

// advance moves the clock.
func (r *recorder) advance(d time.Duration) {
	r.t.Helper()
	if err := r.Clock.Advance(r.t.Context(), d); err != nil {
		r.t.Fatal(err)
	}
}

// answer is the head and the body of an answer.
type answer string

// member is the first value of a member of that name.
func (a answer) member(name string) string {
	match := regexp.MustCompile(`"` + name + `":"([^"]*)"`).FindStringSubmatch(string(a))
	if match == nil {
		panic(fmt.Sprintf("no member %s in\n%s", name, a))
	}
	return match[1]
}

// call calls an operation of Organizations.
func (r *recorder) call(account, operation, body string) answer {
	r.t.Helper()
	_, a := r.exchange(organizationsHead(account, operation), body)
	return a
}

// record calls an operation of Organizations and records the exchange as a case.
func (r *recorder) record(name, account, operation, body string) answer {
	r.t.Helper()
	request, a := r.exchange(organizationsHead(account, operation), body)
	r.compare(operation, name, request, a)
	return a
}

func organizationsHead(account, operation string) string {
	return head("organizations", account, "application/x-amz-json-1.1", "X-Amz-Target: AWSOrganizationsV20161128."+operation)
}

// recordSTS calls an operation of STS and records the exchange as a case.
func (r *recorder) recordSTS(name, account, operation, parameters string) {
	r.t.Helper()
	request, a := r.exchange(head("sts", account, "application/x-www-form-urlencoded"), "Action="+operation+"&Version=2011-06-15"+parameters)
	r.compare(operation, name, request, a)
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
	lines = append(lines, "Authorization: "+apptest.Authorization(account, service))
	return strings.Join(lines, "\n")
}

// date is the header that differs in each run.
var date = regexp.MustCompile(`(?m)^Date: .*\n`)

// exchange sends a request over a connection of its own and reads the whole answer.
// Pending jobs have run when it returns, so that ids are the same in each run.
func (r *recorder) exchange(head, body string) (request string, a answer) {
	r.t.Helper()
	connection, err := net.Dial("tcp", r.Address())
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	request = fmt.Sprintf("%s\nContent-Length: %d\n\n%s", head, len(body), body)
	wireHead, _, _ := strings.Cut(request, "\n\n")
	if _, err := io.WriteString(connection, strings.ReplaceAll(wireHead, "\n", "\r\n")+"\r\n\r\n"+body); err != nil {
		r.t.Fatal(err)
	}
	text, err := io.ReadAll(connection)
	if err != nil {
		r.t.Fatal(err)
	}
	r.advance(0)
	answerHead, answerBody, found := bytes.Cut(text, []byte("\r\n\r\n"))
	if !found {
		r.t.Fatalf("no answer: %q", text)
	}
	lines := date.ReplaceAllString(strings.ReplaceAll(string(answerHead), "\r\n", "\n")+"\n", "")
	return request, answer(lines + "\n" + string(answerBody))
}

// compare compares an exchange with the file of its case, or writes the file.
func (r *recorder) compare(operation, name, request string, a answer) {
	r.t.Helper()
	path := filepath.Join("exchanges", operation, name+".txt")
	if r.written[path] {
		r.t.Fatalf("%s is recorded twice", path)
	}
	r.written[path] = true
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
			r.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		r.t.Errorf("%v; run with -update to write it", err)
		return
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestExchanges(t *testing.T) {
	written := map[string]bool{}
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.run(open(t, written, s.behaviors...)) })
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
			t.Errorf("no scenario writes %s", path)
		}
	}
}
