package orgapi_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// The SDK is the judge of the model: what it has and the model lacks is a fact
// that was missed. The model may be newer than the SDK, never older; what it has alone
// is logged. `make sdk` runs these tests with the newest SDK.

// sdkOperations returns the methods of the SDK's client that are operations,
// with their input and output types.
func sdkOperations() map[string][2]reflect.Type {
	operations := make(map[string][2]reflect.Type)
	client := reflect.TypeFor[*organizations.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumIn() == 4 && m.Type.In(1) == reflect.TypeFor[context.Context]() && m.Type.NumOut() == 2 {
			operations[m.Name] = [2]reflect.Type{m.Type.In(2).Elem(), m.Type.Out(0).Elem()}
		}
	}
	return operations
}

func TestTheModelHasAllOperationsOfTheSDK(t *testing.T) {
	theirs := sdkOperations()
	if len(theirs) < 63 {
		t.Fatalf("found only %d operations in the SDK", len(theirs))
	}
	service := reflect.TypeFor[orgapi.Service]()
	for name := range orgapi.Operations {
		if _, ok := theirs[name]; !ok {
			t.Logf("the SDK lacks %s", name)
		}
	}
	for name := range theirs {
		if _, ok := service.MethodByName(name); !ok {
			t.Errorf("Service lacks %s", name)
		}
		if _, ok := orgapi.Operations[name]; !ok {
			t.Errorf("Operations lacks %s", name)
		}
	}
}

func TestTheModelHasAllMembersAndValuesOfTheSDK(t *testing.T) {
	service := reflect.TypeFor[orgapi.Service]()
	c := comparison{t: t, seen: make(map[[2]reflect.Type]bool)}
	for name, io := range sdkOperations() {
		m, ok := service.MethodByName(name)
		if !ok {
			continue
		}
		c.compare(name, io[0], m.Type.In(1).Elem())
		c.compare(name, io[1], m.Type.Out(0).Elem())
	}
	if c.members < 250 || c.enums < 14 {
		t.Errorf("compared only %d members and %d enums", c.members, c.enums)
	}
}

// comparison walks a type of the SDK and ours side by side.
type comparison struct {
	t              *testing.T
	seen           map[[2]reflect.Type]bool
	members, enums int
}

func (c *comparison) compare(where string, theirs, ours reflect.Type) {
	for theirs.Kind() == reflect.Pointer {
		theirs = theirs.Elem()
	}
	for ours.Kind() == reflect.Pointer {
		ours = ours.Elem()
	}
	if c.seen[[2]reflect.Type{theirs, ours}] {
		return
	}
	c.seen[[2]reflect.Type{theirs, ours}] = true

	switch {
	case ours == reflect.TypeFor[api.Time]():
		if theirs.String() != "time.Time" {
			c.t.Errorf("%s: a time here, %v in the SDK", where, theirs)
		}
	case theirs.Kind() != ours.Kind():
		c.t.Errorf("%s: %v here, %v in the SDK", where, ours, theirs)
	case theirs.Kind() == reflect.Slice:
		c.compare(where+"[]", theirs.Elem(), ours.Elem())
	case theirs.Kind() == reflect.Struct:
		for i := range ours.NumField() {
			if name := ours.Field(i).Name; !hasField(theirs, name) {
				c.t.Logf("%s: the SDK lacks %s", where, name)
			}
		}
		for i := range theirs.NumField() {
			field := theirs.Field(i)
			if !field.IsExported() || field.Anonymous || field.Name == "ResultMetadata" {
				continue
			}
			same, ok := ours.FieldByName(field.Name)
			if !ok {
				c.t.Errorf("%s: lacks %s", where, field.Name)
				continue
			}
			if tag := same.Tag.Get("json"); tag != field.Name+",omitzero" {
				c.t.Errorf("%s.%s: JSON tag %q", where, field.Name, tag)
			}
			c.members++
			c.compare(where+"."+field.Name, field.Type, same.Type)
		}
	case theirs.Kind() == reflect.String:
		c.compareValues(where, theirs, ours)
	}
}

func hasField(t reflect.Type, name string) bool {
	_, ok := t.FieldByName(name)
	return ok
}

func (c *comparison) compareValues(where string, theirs, ours reflect.Type) {
	want, enum := values(theirs)
	got, _ := values(ours)
	if !enum {
		return
	}
	c.enums++
	for _, v := range got {
		if !slices.Contains(want, v) {
			c.t.Logf("%s: the SDK's %v lacks %s", where, theirs, v)
		}
	}
	for _, v := range want {
		if !slices.Contains(got, v) {
			c.t.Errorf("%s: %v lacks %s", where, ours, v)
		}
	}
	if theirs.Name() != ours.Name() && !strings.EqualFold(theirs.Name(), ours.Name()) {
		c.t.Errorf("%s: enum %v here, %v in the SDK", where, ours, theirs)
	}
}

// values calls the Values method of an enum.
func values(t reflect.Type) (list []string, ok bool) {
	m := reflect.Zero(t).MethodByName("Values")
	if !m.IsValid() {
		return nil, false
	}
	out := m.Call(nil)[0]
	for i := range out.Len() {
		list = append(list, out.Index(i).String())
	}
	return list, true
}

func TestTheModelHasAllExceptionsAndReasonsOfTheSDK(t *testing.T) {
	known := map[string]reflect.Type{
		"AccessDeniedForDependencyException":    reflect.TypeFor[orgapi.AccessDeniedForDependencyExceptionReason](),
		"ConstraintViolationException":          reflect.TypeFor[orgapi.ConstraintViolationExceptionReason](),
		"HandshakeConstraintViolationException": reflect.TypeFor[orgapi.HandshakeConstraintViolationExceptionReason](),
		"InvalidInputException":                 reflect.TypeFor[orgapi.InvalidInputExceptionReason](),
	}
	count := 0
	for id, entry := range organizations.TypeRegistry.Entries {
		name := id[strings.LastIndexByte(id, '#')+1:]
		made := entry.New()
		if _, exception := made.(error); !exception {
			continue
		}
		count++
		if orgapi.Exception(name, "") == nil {
			t.Errorf("the model lacks %s", name)
		}
		reason, ok := reflect.TypeOf(made).Elem().FieldByName("Reason")
		if ok != (known[name] != nil) {
			t.Errorf("%s has a reason in one of the two only", name)
			continue
		}
		if ok {
			c := comparison{t: t}
			c.compareValues(name, reason.Type, known[name])
		}
	}
	if count != 50 {
		t.Errorf("%d exceptions in the SDK, want 50", count)
	}
}
