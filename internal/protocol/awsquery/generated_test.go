package awsquery_test

import (
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/stsapi"
)

// services are the interfaces whose types are generated.
var services = []reflect.Type{reflect.TypeFor[service](), reflect.TypeFor[stsapi.Service]()}

// texts are strings in which writers and readers differ.
var texts = []string{
	"", "plain", "1", "-7", "true", "2026-03-04T05:06:07Z", `"quoted" & 'quoted' <a>]]>`, "line\nfeed\ttab\r", "\x01\x1f\x7f\u0085",
	"é日本語😀", "\u2028\ufeff\ufffd\ufffe\uffff", "broken \xff\xc0\x80 UTF-8", "cut \xe6\x97", "\xed\xa0\x80 surrogate",
}

// fill sets what can be set in a value, at random.
func fill(r *rand.Rand, v reflect.Value) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(api.Time{Time: time.UnixMilli(r.Int64N(4e12) - 1e12).In(time.FixedZone("", r.IntN(86400)))}))
	case v.Kind() == reflect.Pointer:
		if r.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		if r.IntN(4) > 0 {
			n := r.IntN(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(r, v.Index(i))
			}
		}
	case v.Kind() == reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case v.Kind() == reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	default:
		v.SetInt(int64(int32(r.Uint32())))
	}
}

func TestResultsAreWrittenAsByReflection(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, service := range services {
		for i := range service.NumMethod() {
			method := service.Method(i)
			for range 200 {
				out := reflect.New(method.Type.Out(0).Elem())
				fill(r, out.Elem())
				var want strings.Builder
				if out.Elem().NumField() > 0 {
					appendReference(&want, method.Name+"Result", out)
				}
				w := httptest.NewRecorder()
				if err := query.WriteResult(w, "id", &api.Operation{Name: method.Name}, out.Interface()); err != nil {
					t.Fatal(err)
				}
				_, got, _ := strings.Cut(w.Body.String(), ">")
				if got, _, _ = strings.Cut(got, "<ResponseMetadata>"); got != want.String() {
					t.Fatalf("%s:\n%s, by reflection\n%s", method.Name, got, want.String())
				}
			}
		}
	}
}

// TestEveryCharacterIsWrittenAsByTheLibrary: in the middle of a text, and at its end.
func TestEveryCharacterIsWrittenAsByTheLibrary(t *testing.T) {
	check := func(text string) {
		t.Helper()
		var want strings.Builder
		appendReference(&want, "x", reflect.ValueOf(text))
		if got := string(api.AppendXMLText([]byte("<x>"), text)) + "</x>"; got != want.String() {
			t.Fatalf("%q: %s, the library writes %s", text, got, want.String())
		}
	}
	for c := range 256 {
		check("a" + string([]byte{byte(c)}) + "b" + string([]byte{byte(c)}))
	}
	for r := rune(0); r < 0x11000; r++ {
		check("a" + string(r) + "b" + string(r))
	}
}

// TestRequestsAreReadAsByReflection holds values and errors for forms in which most
// parameters fit the request, and some do not.
func TestRequestsAreReadAsByReflection(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	accepted, refused := 0, 0
	for _, service := range services {
		for i := range service.NumMethod() {
			shape := service.Method(i).Type.In(1).Elem()
			for range 1000 {
				form := make(map[string]string)
				put(r, form, shape, "")
				body, tree := url.Values{}, new(node)
				for name, value := range form {
					body.Set(name, value)
					leaf := tree.at(name)
					leaf.value, leaf.set = value, true
				}
				want, got := reflect.New(shape), reflect.New(shape)
				wrong := readReference(want.Elem(), tree, "")
				err := query.Decode(message(t, "POST", "/", formType, body.Encode()), got.Interface().(api.Request))
				if wrong != "" {
					refused++
					var apiErr *api.Error
					if !errors.As(err, &apiErr) || apiErr.Type != "SerializationException" || apiErr.Message != "The parameter "+wrong+" has the wrong type." {
						t.Fatalf("%s from %s: %v, by reflection %s has the wrong type", shape, body.Encode(), err, wrong)
					}
					continue
				}
				accepted++
				if err != nil {
					t.Fatalf("%s from %s: %v", shape, body.Encode(), err)
				}
				if diff := cmp.Diff(want.Interface(), got.Interface()); diff != "" {
					t.Fatalf("%s from %s (-reflection +generated)\n%s", shape, body.Encode(), diff)
				}
			}
		}
	}
	if accepted < 1000 || refused < 200 {
		t.Errorf("%d forms were accepted and %d refused: the search is broken", accepted, refused)
	}
}

// put adds parameters for a value of the type at the path.
func put(r *rand.Rand, form map[string]string, shape reflect.Type, path string) {
	below := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	if path != "" && r.IntN(40) == 0 {
		form[path] = valid(texts[r.IntN(len(texts))])
	}
	if path != "" && r.IntN(60) == 0 {
		form[below(valid(texts[r.IntN(len(texts))]))] = "1"
	}
	switch {
	case shape == timeType:
		form[path] = time.UnixMilli(r.Int64N(4e12)).In(time.FixedZone("", 60*r.IntN(1000))).Format(time.RFC3339)
	case shape.Kind() == reflect.Pointer:
		put(r, form, shape.Elem(), path)
	case shape.Kind() == reflect.Struct:
		for i := range shape.NumField() {
			if r.IntN(3) == 0 {
				put(r, form, shape.Field(i).Type, below(memberName(shape.Field(i))))
			}
		}
	case shape.Kind() == reflect.Slice:
		if r.IntN(3) == 0 {
			form[path] = ""
		}
		numbers := []string{"1", "2", "3", "9", "10", "2147483647"}
		if r.IntN(20) == 0 {
			numbers = []string{"1", "01", "+2", "0", "-1", "x", "2147483648"}
		}
		for range r.IntN(4) {
			put(r, form, shape.Elem(), below("member."+numbers[r.IntN(len(numbers))]))
		}
	case shape.Kind() == reflect.String:
		form[path] = valid(texts[r.IntN(len(texts))])
	case shape.Kind() == reflect.Bool:
		form[path] = strconv.FormatBool(r.IntN(2) == 0)
	default:
		form[path] = strconv.FormatInt(r.Int64N(1<<32+1<<24)-1<<31, 10)
	}
}

// valid makes a text one that a form can hold.
func valid(text string) string { return strings.ToValidUTF8(text, "?") }
