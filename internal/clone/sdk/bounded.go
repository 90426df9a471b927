package sdk

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// maxAnswer bounds one answer. A page of AWS has some kilobytes.
const maxAnswer = 32 << 20

// errTooLong ends the reading: the same call would get the same answer.
var errTooLong = fmt.Errorf("the answer has more than %d MiB", maxAnswer>>20)

// answerTimeout bounds how long one answer may take.
const answerTimeout = time.Minute

// steady is a client that follows no redirect: a call goes where the caller said, and nowhere
// else, and its answer ends.
func steady(c aws.HTTPClient) aws.HTTPClient {
	built, is := c.(*awshttp.BuildableClient)
	if !is {
		return c
	}
	return &http.Client{
		Transport: built.GetTransport(), Timeout: answerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded is a client that does not read answers without end.
type bounded struct{ aws.HTTPClient }

// Do makes a request.
func (b bounded) Do(r *http.Request) (*http.Response, error) {
	response, err := b.HTTPClient.Do(r)
	if err == nil {
		response.Body = &body{response.Body, maxAnswer}
	}
	return response, err
}

// body is that of an answer, of which so much is left to read.
type body struct {
	io.ReadCloser
	left int64
}

func (b *body) Read(into []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	// One byte more than the bound tells that there is more.
	n, err := b.ReadCloser.Read(into[:min(int64(len(into)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n, errTooLong
	}
	return n, err
}
