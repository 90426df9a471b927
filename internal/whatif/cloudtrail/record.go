package cloudtrail

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"time"
)

// Record is what is read of a record of CloudTrail. [AWS: CloudTrail record contents]
type Record struct {
	EventID       string         `json:"eventID"`
	SharedEventID string         `json:"sharedEventID"`
	EventTime     time.Time      `json:"eventTime"`
	EventType     string         `json:"eventType"`
	EventCategory string         `json:"eventCategory"`
	EventSource   string         `json:"eventSource"`
	EventName     string         `json:"eventName"`
	Region        string         `json:"awsRegion"`
	SourceIP      string         `json:"sourceIPAddress"`
	UserAgent     string         `json:"userAgent"`
	ErrorCode     string         `json:"errorCode"`
	ErrorMessage  string         `json:"errorMessage"`
	Recipient     string         `json:"recipientAccountId"`
	VPCEndpoint   string         `json:"vpcEndpointId"`
	Parameters    map[string]any `json:"requestParameters"`
	TLS           *struct{}      `json:"tlsDetails"`
	Resources     []Resource     `json:"resources"`
	Identity      Identity       `json:"userIdentity"`
}

// Resource is a resource that a record names.
type Resource struct {
	ARN     string `json:"ARN"`
	Account string `json:"accountId"`
	Type    string `json:"type"`
}

// Identity is the caller of a record.
type Identity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	Account     string `json:"accountId"`
	UserName    string `json:"userName"`
	InvokedBy   string `json:"invokedBy"`
	Session     struct {
		Issuer struct {
			Type    string `json:"type"`
			ARN     string `json:"arn"`
			Account string `json:"accountId"`
		} `json:"sessionIssuer"`
		Attributes *struct {
			Created string `json:"creationDate"`
			MFA     string `json:"mfaAuthenticated"`
		} `json:"attributes"`
		SourceIdentity string `json:"sourceIdentity"`
	} `json:"sessionContext"`
}

// Read reads the records of a file: a record a line, the JSON of a bucket,
// {"Records": [...]}, or both compressed by gzip. An error says where it is, and is the
// last that is yielded.
func Read(from io.Reader) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		buffered := bufio.NewReaderSize(from, 1<<16)
		if magic, _ := buffered.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
			unpacked, err := gzip.NewReader(buffered)
			if err != nil {
				yield(nil, fmt.Errorf("not valid gzip: %w", err))
				return
			}
			buffered = bufio.NewReaderSize(unpacked, 1<<16)
		}
		start, _ := buffered.Peek(64)
		r := reader{json.NewDecoder(buffered), 0, yield}
		if err := r.all(ofBucket.Match(start)); err != nil && !errors.Is(err, errStopped) {
			yield(nil, fmt.Errorf("record %d, byte %d: %w", r.records+1, r.d.InputOffset(), err))
		}
	}
}

// errStopped says that no more records are wanted.
var errStopped = errors.New("stopped")

type reader struct {
	d       *json.Decoder
	records int
	yield   func(*Record, error) bool
}

// ofBucket is how a file in the bucket of a trail begins.
var ofBucket = regexp.MustCompile(`^\s*\{\s*"Records"\s*:\s*\[`)

// all reads values until the end. The list of a file of a bucket is read record by record.
func (r *reader) all(isBucket bool) error {
	for {
		var line struct {
			Record
			Records []*Record
		}
		if isBucket {
			isBucket = false
			if err := r.list(); err != nil {
				return err
			}
			continue
		}
		switch err := r.d.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return notJSON(err)
		case line.Records == nil:
			line.Records = []*Record{&line.Record}
		}
		for _, record := range line.Records {
			if err := r.add(record); err != nil {
				return err
			}
		}
	}
}

func notJSON(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the file ends within a record")
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s is a JSON %s, which is not allowed there", wrong.Field, wrong.Value)
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

// list reads the list of records of an object, and the object to its end.
func (r *reader) list() error {
	for range 3 { // The brace, the name and the bracket.
		if _, err := r.d.Token(); err != nil {
			return notJSON(err)
		}
	}
	for r.d.More() {
		record := &Record{}
		if err := r.d.Decode(record); err != nil {
			return notJSON(err)
		}
		if err := r.add(record); err != nil {
			return err
		}
	}
	for range 2 {
		if token, err := r.d.Token(); err != nil {
			return notJSON(err)
		} else if _, is := token.(json.Delim); !is {
			return fmt.Errorf("the object of the records has another member")
		}
	}
	return nil
}

// add yields a record.
func (r *reader) add(record *Record) error {
	switch {
	case record.EventSource == "":
		return fmt.Errorf("it has no eventSource: it is not a record of CloudTrail")
	case record.EventName == "":
		return fmt.Errorf("it has no eventName: it is not a record of CloudTrail")
	case !r.yield(record, nil):
		return errStopped
	}
	r.records++
	return nil
}
