package admin_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestInvalidTextIsRejected(t *testing.T) {
	s := open(t)
	const address = `{"error":"the path or the query contains NUL or invalid UTF-8"}`
	for _, request := range []string{
		"GET /accounts?after=%00", "GET /accounts?after=%ff", "GET /accounts/%00", "GET /accounts/%ff", "GET /mails?before=%00",
		"PATCH /accounts/%00", "DELETE /accounts/1%ff/service-linked-role", "PUT /organizations/%00/quotas", "DELETE /faults/%00",
	} {
		method, path, _ := strings.Cut(request, " ")
		s.want(method, path, `{"units": 3}`, 400, address)
	}
	s.want("POST", "/accounts", `{"name": "a\u0000b"}`, 400, `{"error":"malformed: a name has at most 128 characters of UTF-8, and no NUL"}`)
	s.want("GET", "/accounts", "", 200, `{"accounts":[]}`)
}

// Everything but GET is a change, whatever is added later.
func TestReadOnlyWithoutWrites(t *testing.T) {
	s := open(t, "admin-writes", "off")
	for _, request := range []string{
		"POST /clock", "POST /accounts", "PATCH /accounts/222222222222", "DELETE /accounts/222222222222/service-linked-role",
		"PUT /organizations/o-0000000000/quotas", "POST /faults", "DELETE /faults", "DELETE /faults/fault-1", "POST /reset", "POST /sweep",
		"POST /imports", "DELETE /imports", "POST /drift",
	} {
		method, path, _ := strings.Cut(request, " ")
		s.want(method, path, `{}`, 403, `{"error":"the admin API is read-only; --admin-writes on allows changes"}`)
	}
	for _, path := range []string{"/livez", "/readyz", "/healthz", "/metrics", "/clock", "/accounts", "/faults", "/mails", "/info", "/behaviors", "/quotas"} {
		if status, text := s.send("GET", path, ""); status != 200 {
			t.Errorf("GET %s: %d %s", path, status, text)
		}
	}
}

func TestServerIsDescribed(t *testing.T) {
	s := open(t)
	info := s.members("GET", "/info", "")
	for name, want := range map[string]any{
		"version": "v0.0.0-test", "store": "memory (lost on exit)", "auth": "open", "defaultAccount": "000000000000", "journal": false, "adminWrites": true,
	} {
		if info[name] != want {
			t.Errorf("/info: %s is %v, want %v", name, info[name], want)
		}
	}
	clock := slices.IndexFunc(info["settings"].([]any), func(s any) bool { return s.(map[string]any)["name"] == "clock" })
	if clock < 0 || fmt.Sprint(info["settings"].([]any)[clock].(map[string]any)["origin"]) != "map[name:--clock source:flag]" {
		t.Errorf("the settings: %v", info["settings"])
	}
	s.want("GET", "/journal", "", 409, `{"error":"this server writes no journal; start it with --journal FILE"}`)
	s.want("GET", "/organizations/o-0000000000/quotas", "", 404, `{"error":"there is no such organization"}`)
}

func TestJournalIsListed(t *testing.T) {
	s := open(t, "journal", filepath.Join(t.TempDir(), "journal"))
	s.want("GET", "/journal", "", 200, `{"records":[],"next":"0"}`)
	s.want("GET", "/journal?after=0&limit=5", "", 200, `{"records":[],"next":"0"}`)
	for _, query := range []string{"after=x", "after=-1", "after=1.5", "after=99999999999999999999"} {
		if status, text := s.send("GET", "/journal?"+query, ""); status != 400 || !strings.Contains(text, "is not the next of a page") {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
	if status, _ := s.send("GET", "/journal?limit=0", ""); status != 400 {
		t.Errorf("limit=0: %d", status)
	}
}

func TestUnknownPathsAndMethodsAreRejected(t *testing.T) {
	s := open(t)
	s.want("GET", "/nothing", "", 404, `{"error":"there is nothing at this path"}`)
	s.want("POST", "/clock/", "", 404, `{"error":"there is nothing at this path"}`)
	for path, allowed := range map[string]string{
		"/clock": "GET, POST", "/reset": "POST", "/metrics": "GET", "/faults": "DELETE, GET, POST", "/livez": "GET", "/readyz": "GET", "/healthz": "GET",
	} {
		s.want("PUT", path, "", 405, `{"error":"allowed here: `+allowed+`"}`)
	}
	s.want("GET", "/reset", "", 405, `{"error":"allowed here: POST"}`)
	if status, _ := s.send("HEAD", "/healthz", ""); status != 200 {
		t.Errorf("HEAD: %d", status)
	}
}

func TestTheIndexListsEveryPath(t *testing.T) {
	s := open(t)
	status, text := s.send("GET", "/", "")
	var index struct{ Paths []string }
	if err := json.Unmarshal([]byte(text), &index); err != nil || status != 200 || len(index.Paths) < 20 {
		t.Fatalf("%d %s", status, text)
	}
	for _, entry := range index.Paths {
		method, path, _ := strings.Cut(entry, " ")
		if method == "GET" && !strings.Contains(path, "{") {
			if status, text := s.send(method, path, ""); status == 404 || status == 405 {
				t.Errorf("%s: %d %s", entry, status, text)
			}
		}
	}
	s.want("PUT", "/", "", 405, `{"error":"allowed here: GET"}`)
}

func TestTheHostsOfTheSettingsAreAllowed(t *testing.T) {
	s := open(t, "admin-listen", "127.0.0.1:8017", "admin-hosts", "accord,Accord.Example.Com,accord.internal")
	for host, want := range map[string]int{
		"accord:8017": 200, "accord.example.com": 200, "localhost:8017": 200, "127.0.0.1:8017": 200, "0.0.0.0:8017": 200,
		"accord.evil.example:8017": 403, "evil": 403, ",": 403,
	} {
		if status, text := s.send("GET", "/healthz", "", "Host", host); status != want {
			t.Errorf("%s: %d %s", host, status, text)
		}
	}
}

func TestCrossOriginRequestsAreRejected(t *testing.T) {
	s := open(t, "admin-hosts", "accord.internal")
	for _, test := range []struct {
		headers []string
		status  int
	}{
		{[]string{"Host", "127.0.0.1:8017"}, 200},
		{[]string{"Host", "[::1]:8017"}, 200},
		{[]string{"Host", "::1"}, 200},
		{[]string{"Host", "192.0.2.1"}, 200},
		{[]string{"Host", "localhost:9000"}, 200},
		{[]string{"Host", "LOCALHOST"}, 200},
		{[]string{"Host", "accord.internal:8017"}, 200},
		{[]string{"Host", "other.internal:8017"}, 403},
		{[]string{"Host", "localhost.example.com"}, 403},
		{[]string{"Host", "127.0.0.1.example.com:8017"}, 403},
		{[]string{"Origin", "http://127.0.0.1:8017"}, 200},
		{[]string{"Origin", "https://127.0.0.1:8017"}, 200},
		{[]string{"Origin", "http://127.0.0.1:8018"}, 403},
		{[]string{"Origin", "http://example.com"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Sec-Fetch-Site", "none"}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		for _, path := range []string{"/healthz", "/metrics"} {
			if status, text := s.send("GET", path, "", test.headers...); status != test.status {
				t.Errorf("%s with %q: %d %s", path, test.headers, status, text)
			}
		}
	}
}

// TestBodiesThatTakeMuchMemoryAreRejected: a body of 1 MiB of numbers took 70 MB, and 64
// clients may send one at once. The control decodes what was refused.
func TestBodiesThatTakeMuchMemoryAreRejected(t *testing.T) {
	s := open(t)
	many := strings.Repeat("1,", 5000) + "1"
	for _, path := range []string{"/accounts", "/faults", "/clock", "/reset"} {
		s.want("POST", path, `{"name": "`+strings.Repeat("x", 64<<10)+`"}`, 413, `{"error":"the body exceeds 65536 bytes"}`)
		for _, body := range []string{`{"a": [` + many + `]}`, `{"a": [` + many, `{"a": ` + strings.Repeat("[", 5000), strings.Repeat("{}", 5000)} {
			s.want("POST", path, body, 400, `{"error":"the body has more than 4096 values, names and brackets"}`)
		}
	}
	memory := func(text string) (bytes uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	worst := memory("["+strings.Repeat("1,", 1<<19)+"1]") >> 20
	if worst < 20 {
		t.Errorf("the check finds no more than %d MiB", worst)
	}
	t.Logf("evidence: 20 of 20 bodies that take much memory refused; without the bounds one of 1 MiB takes %d MiB", worst)
}
