//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const contentType = "application/x-amz-json-1.1"

// signatures are those of all clients.
var signatures = &signer{by: v4.NewSigner(), known: map[signed]signature{}, credentials: map[string]aws.Credentials{}}

// signer signs requests as the SDK does and caches the signatures: a repeated
// request costs the core of the clients no second one.
type signer struct {
	mu    sync.Mutex
	by    *v4.Signer
	known map[signed]signature
	// credentials are those of the callers that the server verifies.
	credentials map[string]aws.Credentials
}

// signed are the parts in which requests differ.
type signed struct{ account, operation, input string }

// signature are the headers that a signature adds.
type signature struct{ date, authorization, token string }

func (s *signer) of(account, operation, input string) (signature, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := signed{account, operation, input}
	if known, is := s.known[key]; is {
		return known, nil
	}
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(input))
	if err != nil {
		return signature{}, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", prefix+operation)
	hash := sha256.Sum256([]byte(input))
	as, verified := s.credentials[account]
	if !verified {
		// The open sandbox goes by the key and takes any secret.
		as = aws.Credentials{AccessKeyID: account, SecretAccessKey: "anything"}
	}
	if err := s.by.SignHTTP(context.Background(), as, r, hex.EncodeToString(hash[:]), "organizations", "us-east-1", time.Now()); err != nil {
		return signature{}, err
	}
	made := signature{r.Header.Get("X-Amz-Date"), r.Header.Get("Authorization"), as.SessionToken}
	s.known[key] = made
	return made, nil
}

// identify makes an account name in a step stand for credentials.
func (s *signer) identify(account string, c aws.Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials[account] = c
}

const prefix = "AWSOrganizationsV20161128."
