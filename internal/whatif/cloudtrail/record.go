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
	"strings"
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

// maxRecordBytes bounds one record, so that a file cannot take all memory. A trail's have at
// most 256 KB. [AWS: quotas in CloudTrail]
const maxRecordBytes = 16 << 20

// forms are the forms of a file that is one list, by how it begins: that of a bucket, the
// answer of LookupEvents, and a list alone. Other files have a record after the other.
var forms = []struct {
	begins *regexp.Regexp
	// opening is how many tokens are before the first record, closing how many after the last.
	opening, closing int
	decode           func(d *json.Decoder) (*Record, error)
}{
	{regexp.MustCompile(`^\s*\{\s*"Records"\s*:\s*\[`), 3, 2, decodeRecord},
	{regexp.MustCompile(`^\s*\{\s*"Events"\s*:\s*\[`), 3, 2, decodeEvent},
	{regexp.MustCompile(`^\s*\[`), 1, 1, decodeRecord},
}

func decodeRecord(d *json.Decoder) (*Record, error) {
	record := &Record{}
	return record, d.Decode(record)
}

// decodeEvent reads an event of LookupEvents, which has the record as a text.
func decodeEvent(d *json.Decoder) (*Record, error) {
	var event struct{ CloudTrailEvent string }
	if err := d.Decode(&event); err != nil {
		return nil, err
	}
	if event.CloudTrailEvent == "" {
		return &Record{}, nil
	}
	record := &Record{}
	return record, json.Unmarshal([]byte(event.CloudTrailEvent), record)
}

// Read reads the records of a file: a record a line, the JSON of a bucket,
// {"Records": [...]}, the answer of LookupEvents, or a list, also compressed by gzip. An
// error says where it is, and is the last that is yielded.
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
		bound := &bounded{buffered, maxRecordBytes}
		r := reader{json.NewDecoder(bound), bound, 0, yield}
		if err := r.all(start); err != nil && !errors.Is(err, errStopped) {
			yield(nil, fmt.Errorf("record %d, byte %d: %w", r.records+1, r.d.InputOffset(), err))
		}
	}
}

var (
	// errStopped says that no more records are wanted.
	errStopped = errors.New("stopped")
	errTooLong = fmt.Errorf("the record is longer than %d MiB", maxRecordBytes>>20)
)

// bounded reads at most so much until it is given more.
type bounded struct {
	from io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

type reader struct {
	d       *json.Decoder
	bound   *bounded
	records int
	yield   func(*Record, error) bool
}

// all reads a file to its end, of which it has the start.
func (r *reader) all(start []byte) error {
	for _, f := range forms {
		if f.begins.Match(start) {
			if err := r.list(f.opening, f.closing, f.decode); err != nil {
				return err
			}
			break
		}
	}
	for {
		var line struct {
			Record
			Records []*Record
		}
		switch err := r.d.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return unreadable(err)
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

// unreadable says why a record could not be read.
func unreadable(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return errors.New("the file ends within a record")
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("a JSON %s is no record of CloudTrail", wrong.Value)
	case errors.As(err, &wrong):
		// Of a line, the library names the type that the record is in.
		return fmt.Errorf("%s is a JSON %s, which is not allowed there", strings.TrimPrefix(wrong.Field, "Record."), wrong.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON: %w", err)
	}
	// A file that is damaged, or a folder.
	return err
}

// list reads a list of records record by record, and what is around it.
func (r *reader) list(opening, closing int, decode func(d *json.Decoder) (*Record, error)) error {
	for range opening {
		if _, err := r.d.Token(); err != nil {
			return unreadable(err)
		}
	}
	for r.d.More() {
		record, err := decode(r.d)
		if err != nil {
			return unreadable(err)
		}
		if err := r.add(record); err != nil {
			return err
		}
	}
	for range closing {
		if token, err := r.d.Token(); err != nil {
			return unreadable(err)
		} else if _, is := token.(json.Delim); !is {
			return errors.New("the object of the records has another member")
		}
	}
	return nil
}

// add yields a record.
func (r *reader) add(record *Record) error {
	switch {
	case record == nil || record.EventSource == "":
		return errors.New("it has no eventSource: it is not a record of CloudTrail")
	case record.EventName == "":
		return errors.New("it has no eventName: it is not a record of CloudTrail")
	case !r.yield(record, nil):
		return errStopped
	}
	r.records++
	r.bound.left = maxRecordBytes
	return nil
}
