package awsjson

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/protocol"
)

// texts are strings in which encoders differ.
var texts = []string{
	"", "plain", `quote " and \ back`, "line\nfeed\ttab\r\b\f", "\u0000\u0001\u001f\u007f", "<a href='x'>&</a>", "é日本語😀",
	"\u2028\u2029\ufeff\ufffd", "broken \xff\xc0\x80 UTF-8", "cut \xe6\x97", "\xed\xa0\x80 surrogate",
}

// fill sets what can be set in a value, at random; depth bounds what holds itself.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[api.Time]() {
		v.Set(reflect.ValueOf(api.Time{Time: time.UnixMilli(r.Int64N(4e12) - 1e12)}))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if depth > 0 && r.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), depth)
		}
	case reflect.Slice:
		if depth > 0 && r.IntN(4) > 0 {
			n := r.IntN(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(r, v.Index(i), depth-1)
			}
		}
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(int64(int32(r.Uint32())))
	}
}

// shapes are the structures that answers hold, themselves included.
func shapes() []reflect.Type {
	var found []reflect.Type
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(t.Elem())
		case reflect.Struct:
			if seen[t] || t == reflect.TypeFor[api.Time]() {
				return
			}
			seen[t] = true
			found = append(found, t)
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	service := reflect.TypeFor[orgapi.Service]()
	for i := range service.NumMethod() {
		visit(service.Method(i).Type.Out(0))
	}
	return found
}

func TestAnswersAreWrittenAsByTheLibrary(t *testing.T) {
	types := shapes()
	if len(types) < 80 {
		t.Fatalf("only %d types: the search is broken", len(types))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, shape := range types {
		for range 50 {
			v := reflect.New(shape)
			fill(r, v.Elem(), 6)
			want, err := json.Marshal(v.Interface(), jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			out, ok := v.Interface().(output)
			if !ok {
				t.Fatalf("%s has no JSON form", shape)
			}
			if got := out.AppendJSON([]byte("before")); string(got) != "before"+string(want) {
				t.Fatalf("%s:\n%s, the library writes\n%s", shape, got, want)
			}
		}
	}
}

// TestEveryCharacterIsWrittenAsByTheLibrary: in the middle of a text, and at its
// ends.
func TestEveryCharacterIsWrittenAsByTheLibrary(t *testing.T) {
	check := func(text string) {
		t.Helper()
		want, err := json.Marshal(text, jsontext.AllowInvalidUTF8(true))
		if err != nil {
			t.Fatal(err)
		}
		if got := api.AppendString(nil, text); string(got) != string(want) {
			t.Fatalf("%q: %s, the library writes %s", text, got, want)
		}
	}
	for c := range 256 {
		for place := range 17 {
			text := []byte("seventeen symbols")
			text[place] = byte(c)
			check(string(text))
		}
	}
	for r := rune(0); r < 0x11000; r++ {
		check("a" + string(r) + "b" + string(r))
	}
}

func FuzzStringsAreWrittenAsByTheLibrary(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := json.Marshal(text, jsontext.AllowInvalidUTF8(true))
		if err != nil {
			t.Fatal(err)
		}
		if got := api.AppendString(nil, text); string(got) != string(want) {
			t.Errorf("%q: %s, the library writes %s", text, got, want)
		}
	})
}

func TestErrorsAreWrittenAsByTheLibrary(t *testing.T) {
	for _, text := range texts {
		for _, e := range []*api.Error{{Type: text}, {Type: text, Message: text}, {Type: text, Message: text, Reason: text}} {
			want, err := json.Marshal(struct {
				Type    string `json:"__type"`
				Message string `json:",omitzero"`
				Reason  string `json:",omitzero"`
			}{e.Type, e.Message, e.Reason}, jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			if got := appendError(nil, e); string(got) != string(want) {
				t.Errorf("%s, the library writes %s", got, want)
			}
		}
	}
}

// TestAnAnswerIsWrittenWithoutAllocation: into the memory of an earlier one.
func TestAnAnswerIsWrittenWithoutAllocation(t *testing.T) {
	out := &orgapi.DescribeAccountResponse{Account: &orgapi.Account{Id: new("111122223333"), JoinedTimestamp: api.At(time.UnixMilli(1))}}
	answer := protocol.NewAnswer()
	defer answer.Release()
	if n := testing.AllocsPerRun(100, func() {
		answer.Reset()
		if err := encode(answer, out); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
