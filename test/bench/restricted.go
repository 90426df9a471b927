//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// restricted is an organization on a strict server whose accounts are bound by policies on
// five levels. Each has a role, and an invitation of another organization that the role
// describes.
type restricted struct {
	server *process
	// name tells the callers of one server from those of another.
	name string
	// manager is the root user of the management account.
	manager string
	root    string
	// chain are three units, each in the one before; the last one holds the accounts.
	chain []string
	// control is the policy on the root.
	control string
	// describe are calls of the sessions, one of each account.
	describe []step

	c *connection
}

// server starts the server on a store. The options are further flags.
type server func(store string, options ...string) (*process, error)

// restrict makes an organization of so many accounts, on a server of its own.
func (b *bench) restrict(name string, accounts int, serve server) (*restricted, error) {
	in := func(file string) string { return filepath.Join(b.folder, name+"-"+file) }
	server, err := serve(b.file(name), "--auth=strict", "--secret-key-file="+in("secret"), "--admin-token-file="+in("token"),
		"--root-key-file="+in("root"), "--behavior=create-account=synchronous", "--behavior=direct-transfer=on", "--quota=policies-service-control=unlimited")
	if err != nil {
		return nil, err
	}
	o := &restricted{server: server, name: name, manager: name + " root"}
	root, err := readCredentials(in("root"))
	if err != nil {
		return nil, err
	}
	signatures.identify(o.manager, root)
	if o.c, err = dial(server.address); err != nil {
		return nil, err
	}
	defer func() { _ = o.c.close() }()
	if err := errors.Join(o.begin(), o.administrator()); err != nil {
		return nil, err
	}
	inviter, err := o.otherOrganization()
	if err != nil {
		return nil, err
	}
	return o, o.members(accounts, inviter)
}

// members makes accounts, by all clients at once: one after the other waits for the disk.
func (o *restricted) members(accounts int, inviter string) error {
	o.describe = make([]step, accounts)
	failures := make([]error, *clients)
	var all sync.WaitGroup
	for first := range *clients {
		all.Go(func() {
			own := *o
			own.c, failures[first] = dial(o.server.address)
			for i := first; i < accounts && failures[first] == nil; i += *clients {
				o.describe[i], failures[first] = own.member(i, inviter)
			}
			if own.c != nil {
				_ = own.c.close()
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

// made calls an operation as the management account, and returns a member of the answer.
func (o *restricted) made(operation, input, member string) (string, error) {
	err := o.c.call(o.manager, operation, input)
	return o.c.text(member), err
}

// control makes a policy with a content on a target.
func (o *restricted) controlled(name, target, content string) (string, error) {
	policy, err := o.made("CreatePolicy", drafting(serviceControl, name, content), "Id")
	if err != nil {
		return "", err
	}
	return policy, o.c.call(o.manager, "AttachPolicy", attaching(policy, target))
}

// begin makes the organization, its units, and the policies on them.
func (o *restricted) begin() error {
	if err := o.c.call(o.manager, "CreateOrganization", `{}`); err != nil {
		return err
	}
	var err error
	if o.root, err = o.made("ListRoots", `{}`, "Id"); err != nil {
		return err
	}
	if _, err := o.made("EnablePolicyType", object("RootId", o.root, "PolicyType", serviceControl), "Id"); err != nil {
		return err
	}
	if o.control, err = o.controlled("Root", o.root, statements(10, "root")); err != nil {
		return err
	}
	parent := o.root
	for i := range 3 {
		unit := fmt.Sprintf("Unit %d", i)
		if parent, err = o.made("CreateOrganizationalUnit", naming(parent, unit), "Id"); err != nil {
			return err
		}
		o.chain = append(o.chain, parent)
		if _, err := o.controlled(unit, parent, statements(10, fmt.Sprintf("unit%d", i))); err != nil {
			return err
		}
	}
	return nil
}

// change is the input that changes the policy on the root, so that it denies the measured
// call or does not.
func (o *restricted) change(denies bool, turn int) string {
	more := []string{}
	if denies {
		more = append(more, `{"Effect":"Deny","Action":"organizations:DescribeHandshake","Resource":"*"}`)
	}
	return fmt.Sprintf(`{"PolicyId":%q,"Content":%s}`, o.control, document(statements(10, fmt.Sprintf("root%d", turn), more...)))
}

// admin is the caller that assumes the roles: root users may not.
func (o *restricted) admin() string { return o.name + " admin" }

// administrator makes a user of the management account.
func (o *restricted) administrator() error {
	const user = "UserName=admin"
	for _, call := range []string{
		"Action=CreateUser&" + user,
		"Action=AttachUserPolicy&" + user + "&PolicyArn=" + url.QueryEscape("arn:aws:iam::aws:policy/AdministratorAccess"),
	} {
		if _, err := o.query(o.manager, "iam", "2010-05-08", call); err != nil {
			return err
		}
	}
	answer, err := o.query(o.manager, "iam", "2010-05-08", "Action=CreateAccessKey&"+user)
	if err != nil {
		return err
	}
	var made struct {
		ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
		Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
	}
	if err := xml.Unmarshal(answer, &made); err != nil {
		return err
	}
	signatures.identify(o.admin(), aws.Credentials{AccessKeyID: made.ID, SecretAccessKey: made.Secret})
	return nil
}

// account makes an account with its role, and a caller that acts in it.
func (o *restricted) account(i int) (id, session string, err error) {
	if id, err = o.made("CreateAccount", fmt.Sprintf(`{"AccountName":"Account %d","Email":"account%d@example.com"}`, i, i), "AccountId"); err != nil {
		return "", "", err
	}
	answer, err := o.query(o.admin(), "sts", "2011-06-15", "Action=AssumeRole&RoleSessionName=bench&RoleArn="+
		url.QueryEscape("arn:aws:iam::"+id+":role/OrganizationAccountAccessRole"))
	if err != nil {
		return "", "", err
	}
	var made struct {
		ID     string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
	}
	if err := xml.Unmarshal(answer, &made); err != nil {
		return "", "", err
	}
	session = o.name + " " + id
	signatures.identify(session, aws.Credentials{AccessKeyID: made.ID, SecretAccessKey: made.Secret, SessionToken: made.Token})
	return id, session, nil
}

// otherOrganization makes an organization that invites, of an account that has left.
func (o *restricted) otherOrganization() (inviter string, err error) {
	id, session, err := o.account(-1)
	if err != nil {
		return "", err
	}
	if err := o.c.call(o.manager, "RemoveAccountFromOrganization", object("AccountId", id)); err != nil {
		return "", err
	}
	return session, o.c.call(session, "CreateOrganization", `{}`)
}

// member makes an account in the last unit, with a policy of its own, and returns the call
// that its session makes.
func (o *restricted) member(i int, inviter string) (describe step, err error) {
	id, session, err := o.account(i)
	if err != nil {
		return describe, err
	}
	if err := o.c.call(o.manager, "MoveAccount", moving(id, o.root, o.chain[len(o.chain)-1])); err != nil {
		return describe, err
	}
	if _, err := o.controlled("Account "+id, id, statements(10, "account"+id)); err != nil {
		return describe, err
	}
	if err := o.c.call(inviter, "InviteAccountToOrganization", inviting(id)); err != nil {
		return describe, err
	}
	describe = callBy(session, "DescribeHandshake", describing(o.c.text("Id")))
	// Signed before: to sign costs more than to answer.
	_, err = signatures.of(describe.account, describe.operation, describe.input(nil))
	return describe, err
}

// queries keeps a connection for each client.
var queries = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// query calls an operation of the query protocol.
func (o *restricted) query(caller, service, version, body string) ([]byte, error) {
	body += "&Version=" + version
	r, err := http.NewRequest(http.MethodPost, "http://"+o.server.address+"/", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	hash := sha256.Sum256([]byte(body))
	signatures.mu.Lock()
	as := signatures.credentials[caller]
	signatures.mu.Unlock()
	if err := signatures.by.SignHTTP(context.Background(), as, r, hex.EncodeToString(hash[:]), service, "us-east-1", time.Now()); err != nil {
		return nil, err
	}
	w, err := queries.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Body.Close() }()
	answer, err := io.ReadAll(w.Body)
	if err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", body, w.StatusCode, answer)
	}
	return answer, err
}

// readCredentials reads the credentials file of AWS clients that a server has written.
func readCredentials(path string) (c aws.Credentials, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch strings.TrimSpace(name) {
		case "aws_access_key_id":
			c.AccessKeyID = strings.TrimSpace(value)
		case "aws_secret_access_key":
			c.SecretAccessKey = strings.TrimSpace(value)
		}
	}
	return c, lines.Err()
}

// statements is the content of a service control policy with so many statements that deny
// what nobody here does. Each text is another one.
func statements(n int, name string, more ...string) string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, fmt.Sprintf(`{"Effect":"Deny","Action":"s3:Delete%d*","Resource":"arn:aws:s3:::%s-*",`+
			`"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"999999999999"}}}`, i, name))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(append(all, more...), ",") + `]}`
}
