package durability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"
	awshttp "github.com/aws/smithy-go/transport/http"
)

// How many organizations there are, clients at the same time, and accounts of each
// client.
const (
	organizationCount = 8
	workerCount       = 16
	accountsPerWorker = 4
)

func managementAccount(i int) string { return fmt.Sprintf("1%011d", i+1) }

func workerAccount(worker, i int) string { return fmt.Sprintf("2%05d%06d", worker+1, i+1) }

// addressOf is the address that an account of the open sandbox gets.
func addressOf(account string) string { return "account-" + account + "@example.com" }

// callers are SDK clients, one for each account, which share one connection.
type callers struct {
	url  string
	http *http.Client
	made map[string]*organizations.Client
}

// callersOf returns clients with a connection of their own.
func callersOf(url string) *callers {
	return &callers{
		url:  url,
		http: &http.Client{Transport: wholeBody{&http.Transport{MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1}}, Timeout: patience},
		made: map[string]*organizations.Client{},
	}
}

// wholeBody sends a request with its body in memory. The SDK closes the body when an
// answer begins; if net/http reads from it just then, it takes that for a failure and
// closes the connection before the answer is read.
type wholeBody struct{ *http.Transport }

func (t wholeBody) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	whole := r.Clone(r.Context())
	whole.Body = io.NopCloser(bytes.NewReader(body))
	return t.Transport.RoundTrip(whole)
}

// as returns the client that signs for an account. It sends each request once.
func (c *callers) as(account string) *organizations.Client {
	if c.made[account] == nil {
		c.made[account] = organizations.New(organizations.Options{
			Region: "us-east-1", BaseEndpoint: &c.url, HTTPClient: c.http, Retryer: aws.NopRetryer{},
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: account, SecretAccessKey: "any"}, nil
			}),
		})
	}
	return c.made[account]
}

func (c *callers) close() { c.http.CloseIdleConnections() }

// worker is one client: it owns accounts and sends one request at a time.
type worker struct {
	number  int
	random  *rand.Rand
	home    string
	rival   string
	manager map[string]string
	history *history
	// states are those of the worker's accounts; an account whose state is unknown has
	// none.
	states map[string]accountState
	// ids are the handshakes of the tokens.
	ids map[string]string
	// made are addresses that accounts have.
	made []string
	// serial counts the tokens.
	serial int
	round  int
}

// work sends requests until the context ends or the server is gone.
func (w *worker) work(ctx context.Context, url string, acknowledge func()) error {
	c := callersOf(url)
	defer c.close()
	for ctx.Err() == nil {
		e := w.choose()
		e.Round, e.Worker, e.Start = w.round, w.number, time.Now()
		e.ID, e.Error, e.Outcome = w.send(ctx, c, e)
		e.End = time.Now()
		if err := w.history.add(e); err != nil {
			return err
		}
		w.update(e)
		switch e.Outcome {
		case acknowledged:
			acknowledge()
		case unsent, unknown:
			return nil
		}
	}
	return nil
}

// update applies an answer to the states of the worker's accounts.
func (w *worker) update(e entry) {
	switch {
	case e.Action == create:
	case e.Outcome == unknown:
		delete(w.states, e.Account)
	case e.Outcome == acknowledged:
		if next, can := w.states[e.Account].apply(e); can {
			w.states[e.Account] = next
		}
	}
}

// choose draws the next request: most can succeed, some cannot.
func (w *worker) choose() entry {
	accounts := make([]string, 0, accountsPerWorker)
	for i := range accountsPerWorker {
		if account := workerAccount(w.number, i); w.states[account].invitations != nil {
			accounts = append(accounts, account)
		}
	}
	if len(accounts) == 0 || w.random.IntN(100) < 20 {
		return w.creation()
	}
	account := accounts[w.random.IntN(len(accounts))]
	l := w.states[account]
	var open []string
	for _, token := range slices.Sorted(maps.Keys(l.invitations)) {
		if l.invitations[token].state == "OPEN" {
			open = append(open, token)
		}
	}
	answer := func(actions ...action) entry {
		token := open[w.random.IntN(len(open))]
		return entry{Action: actions[w.random.IntN(len(actions))], Account: account, Token: token, Organization: l.invitations[token].organization}
	}
	dice := w.random.IntN(100)
	switch {
	case l.member != "" && len(open) > 0 && dice < 30:
		return answer(accept) // Fails: the account is in an organization already.
	case l.member != "" && len(open) > 0 && dice < 50:
		return answer(decline, cancel)
	case l.member != "" && dice < 55:
		return w.invitation(account) // Failed if it goes to the id of the account.
	case l.member != "":
		return entry{Action: []action{leave, remove}[w.random.IntN(2)], Account: account, Organization: l.member}
	case len(open) == 0 || dice < 15:
		return w.invitation(account) // Sometimes failed: the same one is open.
	case dice < 70:
		return answer(accept)
	default:
		return answer(decline, cancel)
	}
}

// marked ends the token of an object that has a tag; the value of the tag is the token.
const marked = "-tagged"

func (w *worker) token() string {
	w.serial++
	token := fmt.Sprintf("w%02d-%05d", w.number, w.serial)
	if w.random.IntN(2) == 0 {
		token += marked
	}
	return token
}

func (w *worker) invitation(account string) entry {
	o := w.home
	if w.random.IntN(3) == 0 {
		o = w.rival
	}
	by := []types.HandshakePartyType{types.HandshakePartyTypeAccount, types.HandshakePartyTypeEmail}[w.random.IntN(2)]
	return entry{Action: invite, Organization: o, Account: account, By: string(by), Token: w.token()}
}

func (w *worker) creation() entry {
	e := entry{Action: create, Organization: w.home, Token: w.token()}
	e.Email = e.Token + "@made.example"
	if len(w.made) > 0 && w.random.IntN(8) == 0 {
		e.Email = w.made[w.random.IntN(len(w.made))] // Taken in and then failed: the address is in use.
	}
	return e
}

func tagsOf(token string) []types.Tag {
	if !strings.HasSuffix(token, marked) {
		return nil
	}
	return []types.Tag{{Key: aws.String("token"), Value: &token}}
}

// send sends a request; failure is the error of one that did not succeed.
func (w *worker) send(ctx context.Context, c *callers, e entry) (id, failure string, _ outcome) {
	// A request in flight is not canceled at the end of the round.
	ctx = context.WithoutCancel(ctx)
	manager := c.as(w.manager[e.Organization])
	handshake := aws.String(w.ids[e.Token])
	var err error
	switch e.Action {
	case invite:
		target := &types.HandshakeParty{Id: aws.String(e.Account), Type: types.HandshakePartyType(e.By)}
		if target.Type == types.HandshakePartyTypeEmail {
			target.Id = aws.String(addressOf(e.Account))
		}
		var out *organizations.InviteAccountToOrganizationOutput
		out, err = manager.InviteAccountToOrganization(ctx, &organizations.InviteAccountToOrganizationInput{
			Target: target, Notes: aws.String(e.Token), Tags: tagsOf(e.Token),
		})
		if err == nil {
			id = *out.Handshake.Id
			w.ids[e.Token] = id
		}
	case accept:
		_, err = c.as(e.Account).AcceptHandshake(ctx, &organizations.AcceptHandshakeInput{HandshakeId: handshake})
	case decline:
		_, err = c.as(e.Account).DeclineHandshake(ctx, &organizations.DeclineHandshakeInput{HandshakeId: handshake})
	case cancel:
		_, err = manager.CancelHandshake(ctx, &organizations.CancelHandshakeInput{HandshakeId: handshake})
	case leave:
		_, err = c.as(e.Account).LeaveOrganization(ctx, &organizations.LeaveOrganizationInput{})
	case remove:
		_, err = manager.RemoveAccountFromOrganization(ctx, &organizations.RemoveAccountFromOrganizationInput{AccountId: &e.Account})
	case create:
		var out *organizations.CreateAccountOutput
		out, err = manager.CreateAccount(ctx, &organizations.CreateAccountInput{
			AccountName: aws.String(e.Token), Email: &e.Email, Tags: tagsOf(e.Token),
		})
		if err == nil {
			id = *out.CreateAccountStatus.Id
		}
	}
	failure, result := judge(err)
	return id, failure, result
}

// judge is what an error tells a client.
func judge(err error) (failure string, _ outcome) {
	if err == nil {
		return "", acknowledged
	}
	var answer *awshttp.ResponseError
	var exception smithy.APIError
	if errors.As(err, &answer) && errors.As(err, &exception) {
		if status := answer.HTTPStatusCode(); status >= 400 && status < 500 {
			return exception.ErrorCode(), failed
		}
		return exception.ErrorCode(), unknown
	}
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" {
		return err.Error(), unsent
	}
	return err.Error(), unknown
}
