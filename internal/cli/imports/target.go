package imports

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"accord/internal/cli"
	"accord/internal/seed"
	"accord/internal/service/seeding"
)

// target is the server of a client, to which an organization comes.
type target struct{ client *cli.Client }

// Organization is an organization of the server; nil if it does not have it.
func (t target) Organization(ctx context.Context, id string) (*seed.Document, error) {
	var d seed.Document
	err := t.client.Call(ctx, http.MethodGet, "/state?"+url.Values{"organization": {id}}.Encode(), nil, &d)
	var unknown *cli.Misuse
	if errors.As(err, &unknown) {
		return nil, nil
	}
	return &d, err
}

// Now is the time of the server.
func (t target) Now(ctx context.Context) (now time.Time, virtual bool, err error) {
	var answer struct {
		Clock string    `json:"clock"`
		Now   time.Time `json:"now"`
	}
	err = t.client.Call(ctx, http.MethodGet, "/clock", nil, &answer)
	return answer.Now, answer.Clock == "virtual", err
}

// Apply makes what a document describes.
func (t target) Apply(ctx context.Context, d *seed.Document, replace bool) (*seeding.Report, error) {
	// What the server would make by itself in a new organization goes too.
	query := url.Values{"prune": {"true"}}
	if replace {
		query.Set("replace", "true")
	}
	var report seeding.Report
	err := t.client.Call(ctx, http.MethodPost, "/seed?"+query.Encode(), d, &report)
	return &report, err
}
