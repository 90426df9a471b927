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

// kinds are all kinds with their meanings, in the order of the columns.
var kinds = []struct {
	kind
	meaning string
}{
	{success, "a valid request, sent by the SDK for Go: the answer is read strictly with the model, and the SDK reads all of it"},
	{missing, "a required member is not there, at every depth"},
	{null, "a member is `null`: as if a required one were absent; an optional one counts as not sent"},
	{wrongType, "a member has another JSON type, at every depth"},
	{short, "a string is shorter than allowed"},
	{long, "a string is longer than allowed"},
	{pattern, "a string does not match its pattern"},
	{enum, "a value that the enum does not have, and values that only this operation does not accept"},
	{number, "a number outside its range"},
	{rules, "a rule between members is violated"},
	{edge, "valid at the limit: the shortest and longest string, the least and greatest number, each value of an enum, each optional member left out; it succeeds, or fails for a reason of state, not of form"},
	{unknown, "a well-formed id of nothing, or of another organization"},
	{token, "a page token that is empty, invented, altered, of another operation or of another caller"},
	{nesting, "nesting of 101 levels fails, of 100 is read"},
	{size, "a body of more than 1 MiB fails, one of 1 MiB is read"},
	{extra, "members that the request does not have are ignored, also in another case"},
	{twice, "a member appears twice"},
	{form, "a body that is empty, `null`, not an object, not valid JSON, not valid UTF-8, or contains NUL"},
	{standing, "an account that may not call"},
	{state, "a well-formed request that fails because of the state, a quota or the content of a document"},
	{lost, "the transaction of a valid request conflicts every time: ConcurrentModificationException, or where the operation does not have it TooManyRequestsException, and nothing is changed"},
	{failure, "the store fails at the commit of a valid request: ServiceException with HTTP 500, and nothing is changed"},
}
