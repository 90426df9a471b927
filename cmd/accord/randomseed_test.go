package main

import (
	"bytes"
	"net/http"
	"net/http/httputil"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app/apptest"
	"accord/test/process"
)

// conversation is a script against a server, and all that the server answered.
type conversation struct {
	t       *testing.T
	server  *process.Server
	answers bytes.Buffer
}

// call sends a call of Organizations, and returns the first ID of the answer that has
// the prefix.
func (c *conversation) call(account, operation, body, prefix string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.server.URL+"/", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	apptest.Sign(r, account, operation)
	answer := c.send(r)
	return regexp.MustCompile(`\b` + prefix + `[0-9a-z-]+`).FindString(answer)
}

func (c *conversation) send(r *http.Request) string {
	c.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	// The only header that shows the time of the machine.
	response.Header.Del("Date")
	answer, err := httputil.DumpResponse(response, true)
	if err != nil {
		c.t.Fatal(err)
	}
	c.answers.Write(answer)
	return string(answer)
}

// begin makes an organization with an account, a unit, a policy and an invitation.
func (c *conversation) begin() {
	c.t.Helper()
	const alice, bob = "111111111111", "222222222222"
	on(c.t, c.server, "clock", "set", "2026-01-05T09:00:00Z")
	c.call(alice, "CreateOrganization", `{}`, "o-")
	c.call(alice, "CreateOrganization", `{}`, "o-")
	root := c.call(alice, "ListRoots", `{}`, "r-")
	c.call(alice, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "One"}`, "ou-")
	creation := c.call(alice, "CreateAccount", `{"Email": "one@example.com", "AccountName": "One"}`, "car-")
	// What is due is done when the command returns.
	on(c.t, c.server, "clock", "advance", "1s")
	c.call(alice, "DescribeCreateAccountStatus", `{"CreateAccountRequestId": "`+creation+`"}`, "")
	c.call(alice, "CreatePolicy", `{"Type": "TAG_POLICY", "Name": "Tags", "Description": "", "Content": "{\"tags\": {}}"}`, "p-")
	invitation := c.call(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+bob+`", "Type": "ACCOUNT"}}`, "h-")
	c.call(bob, "AcceptHandshake", `{"HandshakeId": "`+invitation+`"}`, "h-")
	c.call(alice, "ListAccounts", `{"MaxResults": 1}`, "")
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.server.URL+"/",
		strings.NewReader("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::"+bob+":role/R&RoleSessionName=setup"))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", apptest.Authorization(alice, "sts"))
	c.send(r)
}

// goOn makes another unit and another account.
func (c *conversation) goOn() {
	c.t.Helper()
	const alice = "111111111111"
	root := c.call(alice, "ListRoots", `{}`, "r-")
	if unit := c.call(alice, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "Two"}`, "ou-"); unit == "" {
		c.t.Error("there is no second unit")
	}
	c.call(alice, "CreateAccount", `{"Email": "two@example.com", "AccountName": "Two"}`, "car-")
	on(c.t, c.server, "clock", "advance", "1s")
	if answer := c.call(alice, "ListCreateAccountStatus", `{"States": ["SUCCEEDED"], "MaxResults": 1}`, "car-"); answer == "" {
		c.t.Error("there is no second account")
	}
}

func talk(t *testing.T, script func(*conversation), args ...string) string {
	t.Helper()
	c := &conversation{t: t, server: process.Start(t, append([]string{"--clock", "virtual"}, args...)...)}
	script(c)
	if status := c.server.Stop(t); status != succeeded {
		t.Fatalf("status %d", status)
	}
	return c.answers.String()
}

func TestTheSameSeedGivesTheSameAnswers(t *testing.T) {
	first := talk(t, (*conversation).begin, "--random-seed", "7")
	if second := talk(t, (*conversation).begin, "--random-seed", "7"); first != second {
		t.Errorf("the same script is answered with\n%s\nand then with\n%s", first, second)
	}
	ids := regexp.MustCompile(`\b(o|r|ou|h|car|p)-[0-9a-z]{4,}|"[0-9]{12}"|X-Amzn-Requestid: \S+`)
	other := talk(t, (*conversation).begin, "--random-seed", "8")
	for _, id := range ids.FindAllString(first, -1) {
		if strings.Contains(other, id) && !strings.Contains(id, "111111111111") && !strings.Contains(id, "222222222222") && id != "p-FullAWSAccess" {
			t.Errorf("two seeds give %s", id)
		}
	}
	if n := len(ids.FindAllString(first, -1)); n < 30 {
		t.Errorf("only %d IDs were compared", n)
	}
}

func TestASeededServerGoesOnAfterARestart(t *testing.T) {
	var texts [2]string
	for i := range texts {
		store := []string{"--random-seed", "7", "--store", "sqlite:" + filepath.Join(t.TempDir(), "accord.db")}
		begun := talk(t, (*conversation).begin, store...)
		further := talk(t, (*conversation).goOn, store...)
		for _, id := range regexp.MustCompile(`X-Amzn-Requestid: \S+|car-[0-9a-f]+`).FindAllString(further, -1) {
			if strings.Contains(begun, id) {
				t.Errorf("%s is made again after the restart", id)
			}
		}
		texts[i] = begun + further
	}
	if texts[0] != texts[1] {
		t.Errorf("the same script with a restart is answered with\n%s\nand then with\n%s", texts[0], texts[1])
	}
}

func TestASeedIsANumber(t *testing.T) {
	for _, seed := range []string{"-1", "", "x", "18446744073709551616", "1.5"} {
		got := execute(t, "serve", "--random-seed", seed, "--listen", "127.0.0.1:0", "--admin-listen", "nowhere")
		if got.status != misused || seed != "" && !strings.Contains(got.stderr, "setting random-seed: ") {
			t.Errorf("%q: %+v", seed, got)
		}
	}
}
