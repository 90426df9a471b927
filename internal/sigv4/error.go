package sigv4

// Reason says what is wrong with the signature of a request.
type Reason string

// The reasons.
const (
	// Missing: the request is not signed.
	Missing Reason = "missing"
	// Incomplete: a part of the signature is missing, malformed or there twice.
	Incomplete Reason = "incomplete"
	// Wrong: it is not the signature of this request with this key, or not of now.
	Wrong Reason = "wrong"
	// Expired: the time of a presigned URL is over.
	Expired Reason = "expired"
)

// Error is why a signature is refused. Its text quotes no signature and no key; texts
// without a source are ours.
type Error struct {
	Reason Reason
	Text   string
}

func (e *Error) Error() string { return "sigv4: " + string(e.Reason) + ": " + e.Text }

// Mismatch is the text for a signature that is not the one of the request. [seen widely]
const Mismatch = "The request signature we calculated does not match the signature you provided. " +
	"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

func incomplete(text string) *Error { return &Error{Incomplete, text} }

func wrong(text string) *Error { return &Error{Wrong, text} }
