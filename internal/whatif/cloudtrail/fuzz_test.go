package cloudtrail_test

import (
	"bytes"
	"strings"
	"testing"

	"accord/internal/whatif/cloudtrail"
)

// FuzzRead: whatever a file holds, each record of it is a call with questions, or there is a
// reason why not, and an error is one line.
func FuzzRead(f *testing.F) {
	one := event("s3", "GetObject", `"requestParameters":{"bucketName":"b","key":"k/1","tags":[{"key":"a","value":"b"}]},`)
	for _, text := range []string{one, `{"Records":[` + one + `]}`, `[` + one + `]`, `{"Events":[{"CloudTrailEvent":` + quoted(one) + `}]}`, "\x1f\x8b\x08", `{"Events":[{"CloudTrailEvent":"{"}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for r, err := range cloudtrail.Read(bytes.NewReader(text)) {
			if err != nil {
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("the error has several lines: %q", err)
				}
				return
			}
			if call, skipped := cloudtrail.Map(r); (call == nil) == (skipped == "") || call != nil && (len(call.Asked) == 0 || !call.Account.Valid()) {
				t.Errorf("%+v, %q", call, skipped)
			}
		}
	})
}
