package event

import (
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"accord/internal/api"
)

// eventTime is the form of the instant of a record.
const eventTime = "2006-01-02T15:04:05Z"

// Members is a request or an answer that appends itself in the form of records,
// as the generated ones do.
type Members interface{ AppendEventJSON(b []byte) []byte }

// longest bounds the parameters, the answer and the details in a record, in bytes;
// longer ones are left out. [AWS: CloudTrail record contents]
const longest = 100 << 10

// object writes a JSON object, member after member.
type object struct{ b []byte }

// buffers keep the memory of records for the next ones, apart from what a long
// record took.
var buffers = sync.Pool{New: func() any { return &object{b: make([]byte, 0, 2<<10)} }}

// line returns the object that write makes, on one line.
func line(write func(o *object)) string {
	o := buffers.Get().(*object)
	o.b = append(o.b[:0], '{')
	write(o)
	o.close()
	text := string(o.b)
	if cap(o.b) <= 64<<10 {
		buffers.Put(o)
	}
	return text
}

// key writes the name of a member; its value is to be appended to o.b. Names are
// written as they are.
func (o *object) key(name string) {
	if last := o.b[len(o.b)-1]; last != '{' && last != '[' {
		o.b = append(o.b, ',')
	}
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// open begins an object as the value of a member, close ends it.
func (o *object) open(name string) {
	o.key(name)
	o.b = append(o.b, '{')
}

func (o *object) close() { o.b = append(o.b, '}') }

func (o *object) text(name, value string) {
	o.key(name)
	o.b = api.AppendEventString(o.b, value)
}

// longestText bounds the texts that a caller can make long, in bytes; longer ones are
// cut. [AWS: CloudTrail record contents]
const longestText = 1 << 10

// cut returns the beginning of a text that is too long, which ends with a whole
// character.
func cut(value string) string {
	if len(value) <= longestText {
		return value
	}
	end := longestText
	for end > longestText-utf8.UTFMax && !utf8.RuneStart(value[end]) {
		end--
	}
	return value[:end]
}

// given writes a text that may be absent.
func (o *object) given(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) flag(name string, value bool) {
	o.key(name)
	o.b = strconv.AppendBool(o.b, value)
}

func (o *object) null(name string) {
	o.key(name)
	o.b = append(o.b, "null"...)
}

func (o *object) time(name string, value time.Time) {
	o.key(name)
	o.b = api.Time{Time: value}.AppendEventJSON(o.b)
}

// timeWithComma writes an instant as EffectivePolicyValidation does. [AWS: examples of
// orgs_cloudtrail-integration]
func (o *object) timeWithComma(name string, value time.Time) {
	o.text(name, value.UTC().Format("Jan 2, 2006, 3:04:05 PM"))
}

func (o *object) milliseconds(name string, value time.Time) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, value.UnixMilli(), 10)
}

// texts writes a list of texts.
func texts[T ~string](o *object, name string, list []T) {
	o.key(name)
	o.b = append(o.b, '[')
	for i, text := range list {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = api.AppendEventString(o.b, string(text))
	}
	o.b = append(o.b, ']')
}

// objects writes a list of n objects.
func (o *object) objects(name string, n int, write func(i int)) {
	o.key(name)
	o.b = append(o.b, '[')
	for i := range n {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = append(o.b, '{')
		write(i)
		o.close()
	}
	o.b = append(o.b, ']')
}

// bounded writes what appendValue appends. What is empty or too long is null.
func (o *object) bounded(name string, appendValue func(b []byte) []byte) {
	o.key(name)
	start := len(o.b)
	o.b = appendValue(o.b)
	if size := len(o.b) - start; size == len("{}") || size > longest {
		o.b = append(o.b[:start], "null"...)
	}
}

// members writes a request or an answer, null for none.
func (o *object) members(name string, m Members) {
	if m == nil {
		o.null(name)
		return
	}
	o.bounded(name, m.AppendEventJSON)
}
