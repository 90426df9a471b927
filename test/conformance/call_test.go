package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"accord/internal/app/apptest"
	"accord/internal/protocol/awsjson"
)

// answer is an HTTP answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exception is the body of an answer that is an error.
type exception struct {
	Type    string `json:"__type"`
	Message *string
	Reason  *string
}

// call sends a request by an account.
func (in *server) call(account, operation string, raw []byte) (answer, error) {
	r, err := http.NewRequest(http.MethodPost, in.url, bytes.NewReader(raw))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set("X-Amz-Target", in.facts.Head.TargetPrefix+"."+operation)
	r.Header.Set("Authorization", apptest.Authorization(account, "organizations"))
	response, err := in.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// checkHeaders checks the headers that every answer has.
func (in *server) checkHeaders(a answer) error {
	if got := a.header.Get("Content-Type"); got != awsjson.ContentType {
		return fmt.Errorf("content type %q", got)
	}
	id := a.header.Get("X-Amzn-RequestId")
	if !uuid.MatchString(id) || in.requestIDs[id] {
		return fmt.Errorf("request id %q is not valid or not unique", id)
	}
	in.requestIDs[id] = true
	return nil
}

// protocolErrors are the errors that are in no model, with their statuses. [assumed:
// those of services that use JSON 1.1]
var protocolErrors = map[string]int{"SerializationException": 400, "RequestEntityTooLargeException": 413}

// fails reads an exception: one that the model allows the operation, with a reason
// exactly if the exception has reasons, and then one of them.
func (in *server) fails(operation string, a answer) (exception, error) {
	var got exception
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		return got, fmt.Errorf("%d %s: %w", a.status, a.body, err)
	}
	if name := a.header.Get("X-Amzn-ErrorType"); name != got.Type {
		return got, fmt.Errorf("header X-Amzn-ErrorType %q", name)
	}
	if got.Message == nil || *got.Message == "" {
		return got, fmt.Errorf("%s has no Message", got.Type)
	}
	status, known := protocolErrors[got.Type]
	if !known {
		if !slices.Contains(in.facts.Operations[operation].Errors, got.Type) {
			return got, fmt.Errorf("%d %s is not an exception of %s", a.status, a.body, operation)
		}
		if status = in.facts.Shapes[got.Type].Status; status == 0 {
			status = http.StatusBadRequest
		}
	}
	if a.status != status {
		return got, fmt.Errorf("%d %s", a.status, a.body)
	}
	if known {
		return got, nil
	}
	return got, in.checkReason(got)
}

// suffixed are the reasons that the native wire style gives with the member.
var suffixed = regexp.MustCompile(`^(INPUT_REQUIRED|INVALID_PATTERN|INVALID_ENUM|(MIN|MAX)_(LENGTH|VALUE)_EXCEEDED):[A-Z0-9_]+$`)

func (in *server) checkReason(got exception) error {
	reasons := in.facts.ReasonsOf(got.Type)
	if (got.Reason != nil) != (reasons != nil) {
		return fmt.Errorf("%s has a reason, or lacks it", got.Type)
	}
	if reasons == nil {
		return nil
	}
	reason := *got.Reason
	if in.style == native && suffixed.MatchString(reason) {
		reason, _, _ = strings.Cut(reason, ":")
	}
	if !slices.Contains(reasons, reason) {
		return fmt.Errorf("%q is not a reason of %s", *got.Reason, got.Type)
	}
	return nil
}

// want is the expected answer of a case.
type want struct {
	// success allows the answer of the operation.
	success bool
	// exceptions are allowed; with "*" any that the operation may have, but for a
	// failure inside.
	exceptions []string
	// documented and native are the reason in each wire style, where it is known
	// beforehand.
	documented, native string
	// not are reasons of an InvalidInputException that would be wrong.
	not []string
}

var valid = want{success: true}

// exactly is the want of one exception, and of its reason where that is known.
func exactly(exception string, reason ...string) want {
	w := want{exceptions: []string{exception}}
	if len(reason) > 0 {
		w.documented, w.native = reason[0], reason[len(reason)-1]
	}
	return w
}

// check compares an answer with the expected one.
func (in *server) check(operation string, w want, a answer) (exception, error) {
	if err := in.checkHeaders(a); err != nil {
		return exception{}, err
	}
	switch {
	case a.status == http.StatusNotImplemented:
		return exception{}, fmt.Errorf("%s is not built: %s", operation, a.body)
	case a.status == http.StatusOK:
		if !w.success {
			return exception{}, fmt.Errorf("succeeded, want %v %s", w.exceptions, in.style.of(w.documented, w.native))
		}
		return exception{}, in.read(operation, a.body)
	}
	got, err := in.fails(operation, a)
	if err != nil {
		return got, err
	}
	if any := slices.Contains(w.exceptions, "*") && a.status != http.StatusInternalServerError; !any && !slices.Contains(w.exceptions, got.Type) {
		return got, fmt.Errorf("%s, want %v", a.body, w.exceptions)
	}
	if reason := in.style.of(w.documented, w.native); reason != "" && *got.Reason != reason {
		return got, fmt.Errorf("%s, want the reason %s", a.body, reason)
	}
	if got.Reason != nil && got.Type == "InvalidInputException" {
		reason, _, _ := strings.Cut(*got.Reason, ":")
		if slices.Contains(w.not, reason) {
			return got, fmt.Errorf("%s, though the value is valid", a.body)
		}
	}
	return got, nil
}

// style is a wire style.
type style string

const (
	documented style = "documented"
	native     style = "native"
)

// of chooses the text of the style.
func (s style) of(documentedText, nativeText string) string {
	if s == native {
		return nativeText
	}
	return documentedText
}
