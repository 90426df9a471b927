package conformance

// kind is a kind of case: a column of the table.
type kind string

const (
	success   kind = "success"
	missing   kind = "absent"
	null      kind = "null"
	wrongType kind = "type"
	short     kind = "short"
	long      kind = "long"
	pattern   kind = "pattern"
	enum      kind = "enum"
	number    kind = "range"
	rules     kind = "rule"
	edge      kind = "edge"
	unknown   kind = "unknown id"
	token     kind = "token"
	nesting   kind = "nesting"
	size      kind = "size"
	extra     kind = "unknown member"
	twice     kind = "duplicate"
	form      kind = "form"
	standing  kind = "caller"
	state     kind = "state"
	lost      kind = "lost race"
	failure   kind = "failure"
)

// kinds are all kinds with what they are, in the order of the columns.
var kinds = []struct {
	kind
	meaning string
}{
	{success, "a lawful request, sent by the SDK for Go: the answer is read strictly with the facts, and the SDK reads all of it"},
	{missing, "a required member is not there, at every depth"},
	{null, "a member is `null`: as if a required one were absent; an optional one counts as not sent"},
	{wrongType, "a member has another JSON type, at every depth"},
	{short, "a text is shorter than allowed"},
	{long, "a text is longer than allowed"},
	{pattern, "a text breaks its pattern"},
	{enum, "a value that the enum does not have, and values that only this operation refuses"},
	{number, "a number outside its range"},
	{rules, "a rule between members is broken"},
	{edge, "lawful to the limit: the shortest and longest text, the least and greatest number, each value of an enum, each optional member left out; it succeeds or is refused for a reason of state, not of form"},
	{unknown, "a well-formed id that nobody has, or that another organization has"},
	{token, "a page token that is empty, invented, altered, of another operation or of another caller"},
	{nesting, "nesting of 101 levels is refused, of 100 is read"},
	{size, "a body of more than 1 MiB is refused, one of 1 MiB is read"},
	{extra, "members that the request does not have are ignored, also in other letters"},
	{twice, "a member stands twice"},
	{form, "a body that is empty, `null`, no object, no JSON, no UTF-8 or holds NUL"},
	{standing, "an account that may not call"},
	{state, "a request of good form that the state, a number or the content of a document stands against"},
	{lost, "the transaction of a lawful request loses against others every time: ConcurrentModificationException, or where the operation does not have it TooManyRequestsException, and nothing is changed"},
	{failure, "the store fails at the commit of a lawful request: ServiceException with HTTP 500, and nothing is changed"},
}
