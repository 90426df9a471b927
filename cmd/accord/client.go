package main

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
	// adminVariable names another URL.
	adminVariable = "ACCORD_ADMIN"
	// tokenVariable is that of the setting of the server, and of its clients.
	tokenVariable = "ACCORD_ADMIN_TOKEN_FILE"
)

// adminClient calls the admin API of a running server and shows its responses.
type adminClient struct {
	address string
	// tokenFile holds the token; empty for none. anonymous requests need none.
	tokenFile string
	anonymous bool
	asJSON    bool
}

// newAdminClient adds the flags of the client to a group of commands.
func newAdminClient(c *cobra.Command) *adminClient {
	a := &adminClient{}
	address := os.Getenv(adminVariable)
	if address == "" {
		address = defaultAdmin
	}
	c.PersistentFlags().StringVar(&a.address, "admin", address, "`URL` of the admin API, or unix:///PATH ["+adminVariable+"]")
	c.PersistentFlags().StringVar(&a.tokenFile, "admin-token-file", os.Getenv(tokenVariable), "`FILE` with the token of the admin API ["+tokenVariable+"]")
	return a
}

// withJSON adds the flag that show reads to commands that show a response.
func (a *adminClient) withJSON(commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.Flags().BoolVar(&a.asJSON, "json", false, "print the response as JSON")
	}
	return commands
}

// maxAnswerBytes bounds what is read of a response.
const maxAnswerBytes = 64 << 20

// base returns the URL of the admin API, without a trailing slash.
func (a *adminClient) base() string {
	base := a.address
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	if strings.HasSuffix(base, "://") {
		return base
	}
	return strings.TrimSuffix(base, "/")
}

// call sends a request and decodes the response into out. An error of the server is
// returned in its own words.
func (a *adminClient) call(ctx context.Context, method, path string, in, out any) error {
	base := a.base()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	shown := base
	if path, socket := config.SocketPath(base); socket {
		var d net.Dialer
		client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", path)
		}}
		base = "http://localhost"
	} else {
		target, err := url.Parse(base)
		if err != nil || target.Host == "" || target.Scheme == "unix" {
			return &misuse{fmt.Errorf("--admin: %q is not a URL such as %s", a.address, defaultAdmin)}
		}
		// A password in the URL must not get into an error, and so into a log.
		shown = target.Redacted()
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.tokenFile != "" && !a.anonymous {
		token, err := admintoken.Read(a.tokenFile)
		if err != nil {
			return &misuse{fmt.Errorf("--admin-token-file: %w", err)}
		}
		admintoken.Add(r, token)
	}
	response, err := client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &unreachable{fmt.Errorf("no Accord answers at %s; is one running, and is this its admin API (--admin, %s)? %w", shown, adminVariable, cause(err))}
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("the response of %s was cut off: %w", shown, err)
	}
	if response.StatusCode != http.StatusOK {
		var failure struct{ Error string }
		if json.Unmarshal(data, &failure) != nil || failure.Error == "" {
			return fmt.Errorf("%s answered %s; this is not the admin API of Accord", shown, response.Status)
		}
		if response.StatusCode == http.StatusBadRequest {
			// The server did not try it: an argument is not valid.
			return &misuse{errors.New(failure.Error)}
		}
		return errors.New(failure.Error)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s did not answer with JSON; this is not the admin API of Accord", shown)
	}
	return nil
}

// unreachable is the error of a request that no server answered.
type unreachable struct{ error }

// cause returns the error of a request without its method and URL.
func cause(err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// show prints a response: as JSON with --json, else with text.
func (a *adminClient) show(c *cobra.Command, answer any, text func(io.Writer) error) error {
	if !a.asJSON {
		return text(c.OutOrStdout())
	}
	e := json.NewEncoder(c.OutOrStdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(answer)
}
