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
	"accord/internal/api/stsapi"
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
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(int32(r.Uint32())))
	case reflect.Float64:
		v.SetFloat(r.NormFloat64())
	}
}

// answers are the types of all answers.
func answers() (types []reflect.Type) {
	for _, service := range []reflect.Type{reflect.TypeFor[orgapi.Service](), reflect.TypeFor[stsapi.Service]()} {
		for i := range service.NumMethod() {
			types = append(types, service.Method(i).Type.Out(0))
		}
	}
	return types
}

func TestAnswersAreWrittenAsByTheLibrary(t *testing.T) {
	type odd struct {
		Named    string `json:"other name"`
		Plain    string
		Maybe    bool           `json:",omitzero"`
		Number   int64          `json:"n"`
		Fraction float64        `json:"f,omitzero"`
		List     []*string      `json:"list"`
		Empty    []string       `json:"empty,omitempty"`
		Map      map[string]int `json:"map,omitzero"`
		Bytes    []byte         `json:"bytes"`
		At       api.Time       `json:"at"`
		Since    *api.Time      `json:"since"`
		Any      any            `json:"any"`
	}
	types := append(answers(), reflect.TypeFor[*odd](), reflect.TypeFor[[]odd](), reflect.TypeFor[struct{}]())
	if len(types) < 70 {
		t.Fatalf("only %d types: the search is broken", len(types))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range types {
		for range 50 {
			v := reflect.New(kind).Elem()
			fill(r, v, 6)
			want, err := json.Marshal(v.Interface(), jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			got, err := appendJSON([]byte("before"), v.Interface())
			if err != nil || string(got) != "before"+string(want) {
				t.Fatalf("%s: %v\n%s, the library writes\n%s", kind, err, got, want)
			}
		}
	}
}

// TestEveryByteIsWrittenAsByTheLibrary: eight bytes are looked at together, so that a
// byte counts at each of their places and after them.
func TestEveryByteIsWrittenAsByTheLibrary(t *testing.T) {
	for place := range 17 {
		for c := range 256 {
			text := []byte("seventeen letters")
			text[place] = byte(c)
			want, err := json.Marshal(string(text), jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			got, err := appendJSON(nil, string(text))
			if err != nil || string(got) != string(want) {
				t.Fatalf("byte %#02x at %d: %v\n%s, the library writes\n%s", c, place, err, got, want)
			}
		}
	}
}

// TestWritersAreMadeByManyAtOnce: the first answers of a type come at the same
// time.
func TestWritersAreMadeByManyAtOnce(t *testing.T) {
	type leaf struct{ Text *string }
	type tree struct {
		Leaf     leaf
		Branches []tree
	}
	v := tree{Leaf: leaf{new("a")}, Branches: []tree{{Branches: []tree{{}}}, {Leaf: leaf{new("b")}}}}
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 20 {
		go func() {
			got, err := appendJSON(nil, v)
			if err != nil {
				got = []byte(err.Error())
			}
			done <- string(got)
		}()
	}
	for range 20 {
		if got := <-done; got != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
