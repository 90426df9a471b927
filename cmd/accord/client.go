package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

const (
	// defaultAdmin is where the second listener is by default.
	defaultAdmin = "http://127.0.0.1:8017"
	// adminVariable names another place.
	adminVariable = "ACCORD_ADMIN"
)

// bench is the second listener of a server that runs, and the way in which a
// command shows what it says.
type adminClient struct {
	address string
	asJSON  bool
}

// newAdminClient gives a group of commands the flags that all clients of the second
// listener have.
func newAdminClient(c *cobra.Command) *adminClient {
	b := &adminClient{}
	address := os.Getenv(adminVariable)
	if address == "" {
		address = defaultAdmin
	}
	c.PersistentFlags().StringVar(&b.address, "admin", address, "URL of the second listener ["+adminVariable+"]")
	c.PersistentFlags().BoolVar(&b.asJSON, "json", false, "show the answer of the server as it is")
	return b
}

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 64 << 20

// call sends a request and reads the answer into out. A refusal of the server is
// the error, in its own words.
func (b *adminClient) call(ctx context.Context, method, path string, in, out any) error {
	base := b.address
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	target, err := url.Parse(base)
	if err != nil || target.Host == "" {
		return &misuse{fmt.Errorf("--admin: %q is not a URL such as %s", b.address, defaultAdmin)}
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(base, "/")+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("no Accord answers at %s; is one serving, and is this its second listener (--admin, %s)? %w", base, adminVariable, cause(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("the answer of %s broke off: %w", base, err)
	}
	if answer.StatusCode != http.StatusOK {
		var refusal struct{ Error string }
		if json.Unmarshal(text, &refusal) != nil || refusal.Error == "" {
			return fmt.Errorf("%s answered %s; that is not the second listener of Accord", base, answer.Status)
		}
		return errors.New(refusal.Error)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s answered something else than JSON; that is not the second listener of Accord", base)
	}
	return nil
}

// cause is what went wrong, without the request around it.
func cause(err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// show writes an answer: as JSON where that was asked for, else as text does.
func (b *adminClient) show(c *cobra.Command, answer any, text func(io.Writer) error) error {
	if !b.asJSON {
		return text(c.OutOrStdout())
	}
	e := json.NewEncoder(c.OutOrStdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(answer)
}
