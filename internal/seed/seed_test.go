package seed_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/seed"
)

const small = `version: 1
organizations:
  - management: {name: Management, email: management@example.com}
    root:
      units:
        - name: Workloads
          policies: [DenyLeaving]
          accounts:
            - name: web-{n:02}
              count: 3
    policies:
      - name: DenyLeaving
        content:
          Version: 2012-10-17
          Statement: {Effect: Deny, Action: "organizations:LeaveOrganization", Resource: "*"}
    handshakes:
      - {to: guest@example.com, requested: 3d12h}
`

func parse(t testing.TB, text string) *seed.File {
	t.Helper()
	f, err := seed.Parse([]byte(text), seed.Options{Name: "org.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestADocumentIsReadAsItIsWritten(t *testing.T) {
	f := parse(t, small)
	o := f.Organizations[0]
	if got, want := o.Policies[0].Content, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}}`; got != want {
		t.Errorf("the content is %s, want %s", got, want)
	}
	if got, want := *o.Handshakes[0].Requested, (seed.When{Age: 84 * time.Hour}); got != want {
		t.Errorf("the age is %v", got)
	}
	index := seed.NewIndex(&f.Document)
	var names []string
	for _, m := range index.Members {
		names = append(names, m.Name+" "+m.Email+" "+string(m.Unit))
	}
	want := []string{
		"Management management@example.com Root", "web-01 web-01@example.com Workloads",
		"web-02 web-02@example.com Workloads", "web-03 web-03@example.com Workloads",
	}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("the members are %q", names)
	}
}

// TestProblemsHaveFileLineAndPath also says that all are reported at once.
func TestProblemsHaveFileLineAndPath(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"name: Workloads", "nam: Workloads", "org.yaml:6: organizations[0].root.units[0].nam: no such member; did you mean name?"},
		{"version: 1", "version: 2", "org.yaml:1: version: this program reads version 1, and this is version 2"},
		{"version: 1", "", "org.yaml:2: version is missing"},
		{"[DenyLeaving]", "[DenyLeave]", `org.yaml:7: organizations[0].root.units[0].policies[0]: there is no policy "DenyLeave" in the organization; did you mean DenyLeaving?`},
		{"count: 3", "count: many", `org.yaml:10: organizations[0].root.units[0].accounts[0].count: a whole number is expected, not "many"`},
		{"count: 3", "count: 100001", `org.yaml:10: organizations[0].root.units[0].accounts[0].count: 100001 is not from 1 to 100000`},
		{"count: 3", "count: 100000", `org.yaml:1: 100001 accounts are more than 100000`},
		{"name: web-{n:02}", "name: web", "org.yaml:10: organizations[0].root.units[0].accounts[0].count: the name or the address needs {n}, the number of the account, or {n:05} with at most 12 digits"},
		{"name: web-{n:02}", "name: 'web-{n:13}'", "org.yaml:10: organizations[0].root.units[0].accounts[0].count: the name or the address needs {n}, the number of the account, or {n:05} with at most 12 digits"},
		{"3d12h", "soon", `org.yaml:17: organizations[0].handshakes[0].requested: "soon": neither an instant (2026-01-31T12:00:00Z, 2026-01-31) nor an age ("3d", "3d12h", "-2h" for what lies ahead)`},
		{"to: guest@example.com", "to: guest", `org.yaml:17: organizations[0].handshakes[0].to: there is no account "guest" in the document`},
		{"name: Management,", "state: ACTIV,", `org.yaml:3: organizations[0].management.state: "ACTIV" is not one of its values; did you mean ACTIVE or PENDING_ACTIVATION?`},
		{"name: Management,", "id: 12345,", `org.yaml:3: organizations[0].management.id: "12345" has not the form of such an ID, for example 111111111111`},
		{"name: Management,", "name: Management, name: Twice,", `org.yaml:3: "name" appears twice`},
		{"name: Management,", "name: Management, email: web-02@example.com, # ", "org.yaml:2: not valid YAML: "},
		{"name: Management, email: management@example.com", "email: web-02@example.com", "org.yaml:9: organizations[0].root.units[0].accounts[0]: the address web-02@example.com is that of organizations[0].management too"},
		{"        content:\n          Version", "        file: ../secret\n        content:\n          Version", "org.yaml:13: organizations[0].policies[0].file: content is given too; one of them"},
		{"- name: Workloads", "- &a {name: A, units: [*a]}\n        - name: Workloads", "more than 100 levels, or an alias within what it names"},
		{"name: Workloads", `name: "a\0b"`, "org.yaml:6: organizations[0].root.units[0].name: the character NUL cannot be stored"},
		{"name: Management,", `name: Management, tags: {k: "a\0b"},`, "org.yaml:3: organizations[0].management.tags.k: the character NUL cannot be stored"},
		{"name: Management,", `name: Management, tags: {"a\0b": v},`, "the character NUL cannot be stored"},
		{"version: 1", "<<: {a: 1}", "org.yaml:1: a name has to be text; merges (<<) are not supported"},
		{"version: 1", "version: !!binary aGk=", "org.yaml:1: the tag !!binary of YAML has no meaning here"},
		{"{to: guest@example.com", "!!python/object:x {to: guest@example.com", "org.yaml:17: the tag !!python/object:x of YAML has no meaning here"},
		{"[DenyLeaving]", "!all [DenyLeaving]", "org.yaml:7: the tag !all of YAML has no meaning here"},
		{"version: 1", "!!python/name:x version: 1", "org.yaml:1: the tag !!python/name:x of YAML has no meaning here"},
		{"count: 3", "count: 0", "org.yaml:10: organizations[0].root.units[0].accounts[0].count: count is at least 1"},
		{"count: 3", "state: ACTIVE", "org.yaml:9: organizations[0].root.units[0].accounts[0].name: {n} is the number of an account of a count, and there is no count"},
		{"name: Management, email: management@example.com", "name: M, email: 'm{n:03}@example.com'", "org.yaml:3: organizations[0].management.email: {n} is"},
	} {
		text := strings.Replace(small, c.from, c.to, 1)
		if text == small {
			t.Fatalf("%q is not in the document", c.from)
		}
		_, err := seed.Parse([]byte(text), seed.Options{Name: "org.yaml"})
		if err == nil || strings.Count(err.Error(), c.want) != 1 {
			t.Errorf("%q for %q:\n got %v\nwant once %s", c.to, c.from, err, c.want)
		}
	}
	_, err := seed.Parse([]byte(strings.NewReplacer("count", "cont", "units:", "unit:").Replace(small)), seed.Options{Name: "org.yaml"})
	var problems seed.Problems
	if !errors.As(err, &problems) || len(problems) < 2 && !strings.Contains(err.Error(), "unit") {
		t.Errorf("several problems are reported as %v", err)
	}
}

func TestJSONIsReadWithItsLines(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"version\": 1,\n\"accounts\": [{\"nam\": \"a\"}]}": "seed.json:3: accounts[0].nam: no such member",
		"{\n\"version\": 1,\n\"version\": 1}":                   `seed.json:3: "version" appears twice`,
		"{\n\"version\": 1,\n":                                  "seed.json:3: not valid JSON",
		"[\n1]":                                                 "seed.json:1: a seed is a mapping",
		"":                                                      "seed.json:1: the document is empty",
		"{\"version\": 1}\n{}":                                  "not valid JSON",
	} {
		_, err := seed.Parse([]byte(text), seed.Options{Name: "seed.json"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestFilesLieBesideTheSeed(t *testing.T) {
	text := func(file string) string {
		return "version: 1\norganizations:\n- management: {name: M}\n  policies:\n  - {name: P, file: '" + file + "'}\n"
	}
	read := func(name string) ([]byte, error) {
		if name == "there.json" {
			return []byte("{ }\n"), nil
		}
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	f, err := seed.Parse([]byte(text("there.json")), seed.Options{ReadFile: read})
	if err != nil || f.Organizations[0].Policies[0].Content != "{ }\n" {
		t.Errorf("the file was read as %+v, %v", f, err)
	}
	for name, want := range map[string]string{"../there.json": "does not lie beside", "/etc/passwd": "does not lie beside", "gone.json": "file does not exist"} {
		if _, err := seed.Parse([]byte(text(name)), seed.Options{ReadFile: read}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := seed.Parse([]byte(text("there.json")), seed.Options{}); err == nil {
		t.Error("a file was read where there is none")
	}
}

func TestAliasesThatMultiplyAreRefused(t *testing.T) {
	bomb := "version: 1\nunread:\n- &a {operation: a, error: b}\n"
	last := "a"
	for _, name := range []string{"b", "c", "d", "e", "f", "g", "h"} {
		bomb += "x" + name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+last+",", 10), ",") + "]\n"
		last = name
	}
	if _, err := seed.Parse([]byte(bomb), seed.Options{}); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a bomb is answered with %.200v", err)
	}
}

// generate fills every type of the document with values that it may have.
func generate(r *rapid.T, v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case seed.Tags:
		var tags seed.Tags
		for i := range rapid.IntRange(0, 2).Draw(r, "tags") {
			tags = append(tags, seed.Tag{Key: string(rune('a'+i)) + texts.Draw(r, "key"), Value: texts.Draw(r, "value")})
		}
		v.Set(reflect.ValueOf(tags))
		return
	case *seed.When:
		if rapid.Bool().Draw(r, "when") {
			w := &seed.When{Age: time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(r, "age")) * time.Microsecond}
			if rapid.Bool().Draw(r, "instant") {
				w = seed.At(time.UnixMicro(rapid.Int64Range(4e14, 4e15).Draw(r, "at")))
			}
			v.Set(reflect.ValueOf(w))
		}
		return
	case *time.Time:
		v.Set(reflect.ValueOf(new(time.UnixMicro(rapid.Int64Range(4e14, 4e15).Draw(r, "at")).UTC())))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name == "File" {
				continue
			} else if name == "Content" {
				v.Field(i).SetString(rapid.SampledFrom(contents).Draw(r, "content"))
				continue
			} else if form := v.Type().Field(i).Tag.Get("form"); form != "" && form != "count" {
				if v.Field(i).Kind() == reflect.String {
					v.Field(i).SetString(rapid.SampledFrom(append(slices.Clone(seed.ValuesOf(form)), optional(v.Type().Field(i))...)).Draw(r, form))
				}
				continue
			}
			generate(r, v.Field(i), depth)
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(r, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			generate(r, v.Elem(), depth)
		}
	case reflect.Slice:
		if depth > 3 {
			return
		}
		for range rapid.IntRange(0, 2).Draw(r, "length") {
			item := reflect.New(v.Type().Elem()).Elem()
			generate(r, item, depth+1)
			v.Set(reflect.Append(v, item))
		}
	case reflect.String:
		v.SetString(texts.Draw(r, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(r, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, 1000).Draw(r, "number"))
	}
}

// optional is the empty text, for a member that may be left out.
func optional(f reflect.StructField) []string {
	if strings.HasSuffix(f.Tag.Get("json"), ",omitempty") {
		return []string{""}
	}
	return nil
}

var texts = rapid.OneOf(rapid.String().Filter(func(text string) bool { return !strings.Contains(text, "\x00") }), rapid.SampledFrom([]string{
	"", " ", "a", "null", "yes", "1", "0x1f", "1e3", "2012-10-17", "<<", "=", "- a", "a: b", "a #b", "\n", "a\nb", "a\n", " a\nb", "a\n\n", "\ta\nb",
	"a\r\nb", "é\nb", "\u2028", "\ufeff", "\x01", "~", "{n}", "'", `"`, "\\", "*a", "&a", "!a", "%a", "@a", "`", "|", ">", "?", ":", "a:", "?a\n b", "---", "...",
}))

var contents = []string{
	"", `{"a":1}`, `{"a": 1}`, "{\n  \"b\": [true, null, \"x\"]\n}\n", `{"b":[true,null,"x",1.50,{"<<":"2012-10-17","":""}],"a":"<é>"}`, `{"n":1e400}`, `{"n":12345678901234567890}`, "nonsense", "\ttext\n",
}

// TestWritingAndReadingKeepsADocument holds for YAML and JSON. What the document says may be
// nonsense: references are checked apart.
func TestWritingAndReadingKeepsADocument(t *testing.T) {
	seed.WithoutChecks(t)
	rapid.Check(t, func(r *rapid.T) {
		d := &seed.Document{}
		generate(r, reflect.ValueOf(d).Elem(), 0)
		d.Version = 1
		want, err := json.Marshal(d)
		if err != nil {
			r.Fatal(err)
		}
		for name, write := range map[string]func() ([]byte, error){"YAML": d.YAML, "JSON": d.JSON} {
			text, err := write()
			if err != nil {
				r.Fatalf("%s: %v", name, err)
			}
			again, err := seed.Parse(text, seed.Options{})
			if err != nil {
				r.Fatalf("%s: %v\n%s", name, err, text)
			}
			if got, err := json.Marshal(&again.Document); err != nil || !bytes.Equal(got, want) {
				r.Fatalf("%s:\n%s\nis read as\n%s\ninstead of\n%s", name, text, got, want)
			}
		}
	})
}

func TestWhenIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"3d": "3d", "3d12h": "3d12h", "72h": "3d", "-1d": "-1d", "0d": "0s", "90m": "1h30m",
		"2026-01-31": "2026-01-31T00:00:00Z", "2026-01-31T12:00:00.5+02:00": "2026-01-31T10:00:00.5Z",
	} {
		w, err := seed.ParseWhen(text)
		if err != nil || w.String() != want {
			t.Errorf("%s is %s, %v", text, w.String(), err)
		}
	}
	for _, text := range []string{"", "d", "3", "3dd", "+3d", "3d-1h", "--3d", "1000000000000d", "9999999h", "1970-01-01", "0001-01-01", "9999-01-01", "3d 1h"} {
		if w, err := seed.ParseWhen(text); err == nil {
			t.Errorf("%q is read as %s", text, w.String())
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add(`{"version": 1, "accounts": [{"name": "a", "count": 2}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		read, err := seed.Parse([]byte(text), seed.Options{Name: "f", ReadFile: func(string) ([]byte, error) { return nil, os.ErrNotExist }})
		if err != nil {
			var problems seed.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the error %v has no place", err)
			}
			return
		}
		for _, write := range []func() ([]byte, error){read.YAML, read.JSON} {
			written, err := write()
			if err != nil {
				t.Fatal(err)
			}
			again, err := seed.Parse(written, seed.Options{})
			if err != nil || !reflect.DeepEqual(again.Document, read.Document) {
				t.Fatalf("%s\nis read as %+v, %v", written, again, err)
			}
		}
	})
}
