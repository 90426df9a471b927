package seed

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"accord/internal/quota"
	"accord/internal/spelling"
)

// Options are what a document is read with.
type Options struct {
	// Name of the file, for the places of problems.
	Name string
	// ReadFile reads a file beside the document; nil where there is none.
	ReadFile func(path string) ([]byte, error)
}

// Parse reads a document, YAML or JSON, and checks it. Errors are Problems.
func Parse(document []byte, o Options) (*File, error) {
	p := &parser{Options: o, file: &File{Name: o.Name, lines: map[string]int{}}, left: MaxSize - len(document)}
	if p.left < 0 {
		return nil, Problems{{File: o.Name, Text: fmt.Sprintf("a seed has at most %d MiB", MaxSize>>20)}}
	}
	root, err := readNode(document)
	var syntax *lineError
	switch {
	case errors.As(err, &syntax):
		return nil, Problems{{File: o.Name, Line: syntax.line, Text: syntax.text}}
	case err != nil:
		return nil, Problems{{File: o.Name, Text: err.Error()}}
	case root.kind != mapping:
		return nil, Problems{{File: o.Name, Line: root.line, Text: "a seed is a mapping that begins with version: " + strconv.Itoa(Version)}}
	}
	p.into(reflect.ValueOf(&p.file.Document).Elem(), &root, "", "")
	if len(p.problems) == 0 && !skipChecks {
		p.problems = p.file.check()
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return p.file, nil
}

// skipChecks is for tests of the form alone.
var skipChecks bool

// parser fills a document from nodes.
type parser struct {
	Options
	file     *File
	problems Problems
	// left is how many bytes of files may still be read.
	left int
}

func (p *parser) wrong(path string, line int, format string, args ...any) {
	if len(p.problems) < maxProblems*2 {
		p.problems = append(p.problems, Problem{File: p.Name, Line: line, Path: path, Text: fmt.Sprintf(format, args...)})
	}
}

// into reads a node into a value.
func (p *parser) into(v reflect.Value, n *node, path, formName string) {
	p.file.lines[path] = n.line
	switch v.Type() {
	case tagsType:
		p.tags(v, n, path)
		return
	case whenType, timeType:
		p.instant(v, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		p.members(v, n, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.into(v.Elem(), n, path, formName)
	case reflect.Slice:
		if n.kind != list {
			p.wrong(path, n.line, "a list is expected, not %s", kindNames[n.kind])
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.parts), len(n.parts)))
		for i := range n.parts {
			p.into(v.Index(i), &n.parts[i], path+"["+strconv.Itoa(i)+"]", formName)
		}
	case reflect.Map:
		p.quotas(v, n, path)
	case reflect.String:
		p.text(v, n, path, formName)
	case reflect.Bool:
		if n.kind != boolean {
			p.wrong(path, n.line, "true or false is expected, not %s", kindNames[n.kind])
			return
		}
		v.SetBool(strings.EqualFold(n.text, "true"))
	case reflect.Int, reflect.Int64:
		p.number(v, n, path, formName)
	}
}

// nulCannotBeStored: PostgreSQL has no NUL in a text, and the protocols refuse it too.
const nulCannotBeStored = "the character NUL cannot be stored"

func (p *parser) text(v reflect.Value, n *node, path, formName string) {
	if formName == "content" && (n.kind == mapping || n.kind == list) {
		var content bytes.Buffer
		if err := n.json(&content); err != nil {
			var at *lineError
			errors.As(err, &at)
			p.wrong(path, at.line, "%s", at.text)
			return
		}
		v.SetString(content.String())
		return
	}
	if n.kind == mapping || n.kind == list || n.kind == null {
		p.wrong(path, n.line, "text is expected, not %s", kindNames[n.kind])
		return
	}
	if strings.ContainsRune(n.text, 0) {
		p.wrong(path, n.line, "%s", nulCannotBeStored)
		return
	}
	if says := forms[formName].check(n.text); says != "" {
		p.wrong(path, n.line, "%s", says)
		return
	}
	v.SetString(n.text)
}

func (p *parser) number(v reflect.Value, n *node, path, formName string) {
	least, most := forms[formName].min, forms[formName].max
	value, err := strconv.ParseInt(n.text, 10, 64)
	switch {
	case n.kind != number || err != nil:
		p.wrong(path, n.line, "a whole number is expected, not %.40q", n.text)
	case value >= 0 && value < least:
		p.wrong(path, n.line, "%s is at least %d", formName, least)
	case value < 0 || most > 0 && value > most:
		p.wrong(path, n.line, "%d is not from %d to %d", value, least, most)
	default:
		v.SetInt(value)
	}
}

// members reads a mapping into a struct, strictly.
func (p *parser) members(v reflect.Value, n *node, path string) {
	if n.kind != mapping {
		p.wrong(path, n.line, "a mapping is expected, not %s", kindNames[n.kind])
		return
	}
	fields := fieldsOf(v.Type())
	for i, name := range n.names {
		part, at := &n.parts[i], strings.TrimPrefix(path+"."+name, ".")
		known := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		switch {
		case known < 0:
			names := make([]string, len(fields))
			for i, f := range fields {
				names[i] = f.name
			}
			p.wrong(strings.TrimPrefix(fmt.Sprintf("%s.%.60s", path, name), "."), part.line, "no such member%s", spelling.Suggest(name, names))
		case part.kind == null:
			// A name without a value is as if it were not there.
		default:
			p.into(v.FieldByIndex(fields[known].index), part, at, fields[known].form)
		}
	}
	for _, f := range fields {
		if f.required && !slices.Contains(n.names, f.name) {
			p.wrong(path, n.line, "%s is missing", f.name)
		}
	}
	p.document(v, path)
}

// document reads the file that a text names.
func (p *parser) document(v reflect.Value, path string) {
	t, has := reflect.Zero(textType), v.Type() == textType
	if has {
		t = v
	} else if embedded, found := v.Type().FieldByName("Text"); found && embedded.Anonymous {
		t, has = v.FieldByIndex(embedded.Index), true
	}
	if !has || t.FieldByName("File").String() == "" {
		return
	}
	name, at := t.FieldByName("File").String(), strings.TrimPrefix(path+".file", ".")
	line := p.file.lines[at]
	switch {
	case t.FieldByName("Content").String() != "":
		p.wrong(at, line, "content is given too; one of them")
	case p.ReadFile == nil:
		p.wrong(at, line, "files cannot be read here; accord apply reads them and sends their text")
	case !filepath.IsLocal(filepath.FromSlash(name)):
		p.wrong(at, line, "%.80q does not lie beside the seed or below", name)
	default:
		content, err := p.ReadFile(name)
		if err != nil {
			p.wrong(at, line, "%s", reason(err))
			return
		}
		if p.left -= len(content); p.left < 0 {
			p.wrong(at, line, "the seed and its files have more than %d MiB", MaxSize>>20)
			return
		}
		t.FieldByName("Content").SetString(string(content))
	}
}

// reason is an error of the file system without the path, which the problem has.
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

func (p *parser) tags(v reflect.Value, n *node, path string) {
	if n.kind != mapping {
		p.wrong(path, n.line, "a mapping of tags is expected, not %s", kindNames[n.kind])
		return
	}
	tags := make(Tags, len(n.names))
	for i, name := range n.names {
		part := &n.parts[i]
		p.file.lines[path+"."+name] = part.line
		if part.kind == mapping || part.kind == list {
			p.wrong(path+"."+name, part.line, "text is expected, not %s", kindNames[part.kind])
			continue
		}
		if strings.ContainsRune(name+part.text, 0) {
			p.wrong(path+"."+name, part.line, "%s", nulCannotBeStored)
			continue
		}
		tags[i] = Tag{Key: name, Value: part.text}
		if part.kind == null {
			tags[i].Value = ""
		}
	}
	if len(tags) > 0 {
		v.Set(reflect.ValueOf(tags))
	}
}

func (p *parser) instant(v reflect.Value, n *node, path string) {
	if n.kind != text && n.kind != instant {
		p.wrong(path, n.line, "an instant or an age is expected, not %s", kindNames[n.kind])
		return
	}
	when, err := ParseWhen(n.text)
	switch {
	case err != nil:
		p.wrong(path, n.line, "%.40q: %s", n.text, err)
	case v.Type() == timeType && when.At.IsZero():
		p.wrong(path, n.line, "an instant is expected, not an age")
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(&when.At))
	default:
		v.Set(reflect.ValueOf(&when))
	}
}

// quotas reads a mapping of quotas to numbers, or "unlimited".
func (p *parser) quotas(v reflect.Value, n *node, path string) {
	if n.kind != mapping {
		p.wrong(path, n.line, "a mapping is expected, not %s", kindNames[n.kind])
		return
	}
	quotas := make(map[string]int64, len(n.names))
	for i, name := range n.names {
		at := path + "." + name
		p.file.lines[at] = n.parts[i].line
		_, value, err := quota.ParseOverride(name, n.parts[i].text)
		if err != nil {
			p.wrong(at, n.parts[i].line, "%s", err)
			continue
		}
		quotas[name] = value
	}
	if len(quotas) > 0 {
		v.Set(reflect.ValueOf(quotas))
	}
}
