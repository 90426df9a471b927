package awsquery

import (
	"fmt"
	"net/http"
	"strings"

	"accord/internal/api"
	"accord/internal/protocol"
)

// missingAction is the answer to parameters without an Action.
const missingAction = "MissingAction"

// form is an error as the query protocol sends it.
type form struct {
	code   string
	status int
	text   string
}

// forms holds the errors that all protocols share and this one words or counts
// otherwise. What is zero stays as it is in the error. The exceptions of a
// service are not here: their types already are the short codes of the model.
// [AWS: common errors]
var forms = map[string]form{
	protocol.UnknownOperationException:      {code: "InvalidAction"},
	protocol.SerializationException:         {code: "MalformedInput"},
	protocol.RequestEntityTooLargeException: {code: "RequestEntityTooLarge"},
	protocol.RequestTimeoutException:        {code: "RequestTimeout"},
	protocol.ServiceUnavailableException:    {code: "ServiceUnavailable"},
	"MissingAuthenticationTokenException":   {code: "MissingAuthenticationToken", status: http.StatusForbidden, text: "Request is missing Authentication Token"},
	"IncompleteSignatureException":          {code: "IncompleteSignature"},
	"UnrecognizedClientException":           {code: "InvalidClientTokenId", status: http.StatusForbidden},
	"InvalidSignatureException":             {code: "SignatureDoesNotMatch", status: http.StatusForbidden},
	"RequestExpiredException":               {code: "RequestExpired"},
	"ExpiredTokenException":                 {code: "ExpiredToken", status: http.StatusForbidden},
	"AccessDeniedException":                 {code: "AccessDenied", status: http.StatusForbidden},
	"TooManyRequestsException":              {code: "Throttling"},
	"ServiceException":                      {code: "InternalFailure"},
	"NotImplementedException":               {code: "InvalidAction", status: http.StatusBadRequest},
}

// formOf returns how e is sent. An operation that is not implemented is one that
// could not be found: SDKs of this protocol do not expect a 501.
func formOf(e *api.Error, operation, version string) form {
	f := forms[e.Type]
	if e.Type == "NotImplementedException" {
		f.text = notFound(operation, version)
	}
	if f.code == "" {
		f.code = e.Type
	}
	if f.status == 0 {
		f.status = e.Status
	}
	if f.text == "" {
		f.text = e.Message
	}
	return f
}

// notFound is the text of the real services for a name that they do not know.
// The name is the client's, so it is cut.
func notFound(name, version string) string {
	return fmt.Sprintf("Could not find operation %.128s for version %.32s", strings.ToValidUTF8(name, "?"), strings.ToValidUTF8(version, "?"))
}
