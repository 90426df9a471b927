// Package documents reads the accounts and organizations that commands are about: of a
// running server, of a seed, or of a snapshot.
package documents

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"accord/internal/cli"
	"accord/internal/ident"
	"accord/internal/seed"
	"accord/internal/snapshot"
)

// Read reads what a name says: nothing is the server of the client, a URL that of another
// admin API, and all else a file. Of a server only one organization is read, if it is named.
func Read(ctx context.Context, client *cli.Client, name string, organization ident.OrganizationID) (*seed.Document, error) {
	switch {
	case strings.Contains(name, "://"):
		client = client.At(name)
	case name != "":
		return readFile(ctx, name)
	}
	query := url.Values{}
	if organization != "" {
		query.Set("organization", string(organization))
	}
	text, err := client.Send(ctx, http.MethodGet, "/state?"+query.Encode(), "", nil)
	if err != nil {
		return nil, err
	}
	read, err := seed.Parse(text, seed.Options{Name: "the state of the server"})
	if err != nil {
		return nil, err
	}
	return &read.Document, nil
}

// longestMark is how much of a file says whether it is a snapshot.
const longestMark = 64

func readFile(ctx context.Context, name string) (*seed.Document, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, &cli.Misuse{Err: err}
	}
	defer func() { _ = file.Close() }()
	content := bufio.NewReader(file)
	// A shorter file is one of which all is seen.
	if first, _ := content.Peek(longestMark); snapshot.IsFile(first) {
		d, err := snapshot.Document(ctx, content)
		if err != nil {
			err = &cli.Misuse{Err: fmt.Errorf("%s: %w", name, err)}
		}
		return d, err
	}
	text, err := io.ReadAll(io.LimitReader(content, seed.MaxSize+1))
	if err != nil {
		return nil, &cli.Misuse{Err: err}
	}
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, &cli.Misuse{Err: err}
	}
	defer func() { _ = folder.Close() }()
	read, err := seed.Parse(text, seed.Options{Name: name, ReadFile: seed.Beside(folder.FS())})
	if err != nil {
		return nil, &cli.Misuse{Err: err}
	}
	return &read.Document, nil
}
