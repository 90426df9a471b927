// Package cli has what the commands of the program share: the client of the admin API, and
// the errors of a command line. Commands are in package main, and in packages below this one.
package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/admintoken"
	"accord/internal/config"
)

const (
	// defaultAdmin is the default URL of the admin API.
	defaultAdmin = "http://127.0.0.1:8017"
	// AdminVariable names another URL.
	AdminVariable = "ACCORD_ADMIN"
	// TokenVariable is that of the setting of the server, and of its clients.
	TokenVariable = "ACCORD_ADMIN_TOKEN_FILE"
)

// Client calls the admin API of a running server and shows its responses.
type Client struct {
	address string
	// TokenFile holds the token; empty for none. Anonymous requests need none.
	TokenFile string
	Anonymous bool
	// AsJSON has Show print JSON.
	AsJSON bool
}

// NewClient adds the flags of the client to a group of commands.
func NewClient(c *cobra.Command) *Client {
	a := &Client{}
	address := os.Getenv(AdminVariable)
	if address == "" {
		address = defaultAdmin
	}
	c.PersistentFlags().StringVar(&a.address, "admin", address, "`URL` of the admin API, or unix:///PATH ["+AdminVariable+"]")
	c.PersistentFlags().StringVar(&a.TokenFile, "admin-token-file", os.Getenv(TokenVariable), "`FILE` with the token of the admin API ["+TokenVariable+"]")
	return a
}

// At is the client of another server, by the URL of its admin API.
func (a *Client) At(address string) *Client {
	other := *a
	other.address = address
	return &other
}

// WithJSON adds the flag that Show reads to commands that show a response.
func (a *Client) WithJSON(commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.Flags().BoolVar(&a.AsJSON, "json", false, "print the response as JSON")
	}
	return commands
}

// maxAnswerBytes bounds what is read of a response.
const maxAnswerBytes = 64 << 20

// Base returns the URL of the admin API, without a trailing slash.
func (a *Client) Base() string {
	base := a.address
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	if strings.HasSuffix(base, "://") {
		return base
	}
	return strings.TrimSuffix(base, "/")
}

// Call sends a request and decodes the response into out.
func (a *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	data, err := a.Send(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s did not answer with JSON; this is not the admin API of Accord", a.Shown())
	}
	return nil
}

// Shown is the address of the server. A password in it must not get into an error, and so
// into a log.
func (a *Client) Shown() string {
	if target, err := url.Parse(a.Base()); err == nil {
		return target.Redacted()
	}
	return a.Base()
}

// Send sends a request with a body, if there is one, and returns that of the response. An
// error of the server is returned in its own words.
func (a *Client) Send(ctx context.Context, method, path, kind string, body []byte) ([]byte, error) {
	base := a.Base()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if path, socket := config.SocketPath(base); socket {
		var d net.Dialer
		client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", path)
		}}
		base = "http://localhost"
	} else {
		target, err := url.Parse(base)
		if err != nil || target.Host == "" || target.Scheme == "unix" {
			return nil, &Misuse{fmt.Errorf("--admin: %q is not a URL such as %s", a.address, defaultAdmin)}
		}
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, base+path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if a.TokenFile != "" && !a.Anonymous {
		token, err := admintoken.Read(a.TokenFile)
		if err != nil {
			return nil, &Misuse{fmt.Errorf("--admin-token-file: %w", err)}
		}
		admintoken.Add(r, token)
	}
	response, err := client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("no Accord answers at %s; is one running, and is this its admin API (--admin, %s)? %w", a.Shown(), AdminVariable, cause(err))
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the response of %s was cut off: %w", a.Shown(), err)
	}
	if len(data) > maxAnswerBytes {
		return nil, fmt.Errorf("the response of %s is longer than %d MiB", a.Shown(), maxAnswerBytes>>20)
	}
	if response.StatusCode == http.StatusOK {
		return data, nil
	}
	var failure struct{ Error string }
	switch {
	case json.Unmarshal(data, &failure) != nil || failure.Error == "":
		return nil, fmt.Errorf("%s answered %s; this is not the admin API of Accord", a.Shown(), response.Status)
	case response.StatusCode == http.StatusBadRequest:
		// The server did not try it: an argument is not valid.
		return nil, &Misuse{errors.New(failure.Error)}
	}
	return nil, errors.New(failure.Error)
}

// cause returns the error of a request without its method and URL.
func cause(err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// Show prints a response: as JSON with --json, else with text.
func (a *Client) Show(c *cobra.Command, answer any, text func(io.Writer) error) error {
	if !a.AsJSON {
		return text(c.OutOrStdout())
	}
	return PrintJSON(c.OutOrStdout(), answer)
}

// PrintJSON prints a value as JSON for people.
func PrintJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
