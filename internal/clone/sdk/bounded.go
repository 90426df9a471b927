package sdk

import (
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxAnswer bounds one answer. A page of AWS has some kilobytes.
const maxAnswer = 32 << 20

// errTooLong ends the reading: the same call would get the same answer.
var errTooLong = fmt.Errorf("the answer has more than %d MiB", maxAnswer>>20)

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
