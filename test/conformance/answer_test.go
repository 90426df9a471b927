package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"accord/internal/ident"
	"accord/test/facts"
)

// unchecked are the shapes of answers whose texts may break their pattern,
// because AWS's own do.
var unchecked = map[string]string{
	"HandshakeArn": "the longest action has 37 characters, the pattern allows 32",
	"PolicyArn":    "ids of policies have 8 characters, the pattern asks for 10",
}

// read reads an answer strictly: nothing that the facts do not know, every value
// of its type and within the constraints of its shape, and the list of a paged
// operation there even when it is empty.
func (in *server) read(operation string, text []byte) error {
	var got any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&got); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%s: something stands behind the answer", text)
	}
	op := in.facts.Operations[operation]
	if object, ok := got.(map[string]any); !ok || op.Output == "" && len(object) > 0 {
		return fmt.Errorf("%s: want an empty object", text)
	} else if _, there := object[op.Page]; op.Page != "" && !there {
		return fmt.Errorf("%s lacks %s", text, op.Page)
	}
	if op.Output == "" {
		return nil
	}
	if err := in.fits(op.Output, got, nil); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

// fits checks a value of an answer against its shape.
func (in *server) fits(name string, value any, at facts.Path) error {
	shape := in.facts.Shapes[name]
	wrong := func() error { return fmt.Errorf("%s: %v is no %s", at, value, shape.Type) }
	switch shape.Type {
	case "structure":
		object, ok := value.(map[string]any)
		if !ok {
			return wrong()
		}
		for member, v := range object {
			i := slices.IndexFunc(shape.Members, func(m facts.Member) bool { return m.Name == member })
			if i < 0 {
				return fmt.Errorf("%s: %s has no member %s", at, name, member)
			}
			if err := in.fits(shape.Members[i].Shape, v, at.Down(member)); err != nil {
				return err
			}
		}
	case "list":
		list, ok := value.([]any)
		if !ok {
			return wrong()
		}
		for i, v := range list {
			if err := in.fits(shape.Member, v, at.Down(i)); err != nil {
				return err
			}
		}
	case "string":
		text, ok := value.(string)
		if !ok {
			return wrong()
		}
		return textFits(name, shape, text, at)
	case "boolean":
		if _, ok := value.(bool); !ok {
			return wrong()
		}
	case "integer", "timestamp":
		if _, ok := value.(json.Number); !ok {
			return wrong()
		}
	default:
		return wrong()
	}
	return nil
}

// inAWS is an ARN of another partition as it is in aws, the only one in the patterns of
// the model. [seen: ARNs of organizations in aws-cn and aws-us-gov]
func inAWS(text string) string {
	for _, p := range ident.Partitions() {
		if strings.HasPrefix(text, "arn:"+string(p)+":") {
			return ident.AWS.In(text)
		}
	}
	return text
}

func textFits(name string, shape *facts.Shape, text string, at facts.Path) error {
	length := utf8.RuneCountInString(text)
	switch {
	case shape.Enum != nil && !slices.Contains(shape.Enum, text):
		return fmt.Errorf("%s: %q is no %s", at, text, name)
	case shape.Min != nil && length < *shape.Min, shape.Max != nil && length > *shape.Max:
		return fmt.Errorf("%s: %q has the wrong length for %s", at, text, name)
	case shape.Pattern != "" && unchecked[name] == "" && !shape.Whole().MatchString(inAWS(text)):
		return fmt.Errorf("%s: %q breaks the pattern of %s, %s", at, text, name, shape.Pattern)
	}
	return nil
}

func TestARNsOfEveryPartitionFitTheModel(t *testing.T) {
	const name = "OrganizationArn"
	service, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	shape := service.Shapes[name]
	for _, p := range ident.Partitions() {
		o := ident.Owner{Partition: p, Management: "111111111111", Organization: "o-exampleorg"}
		if err := textFits(name, shape, o.OrganizationARN(), nil); err != nil {
			t.Error(err)
		}
		if err := textFits(name, shape, o.RootARN("r-ab12"), nil); err == nil {
			t.Errorf("the ARN of a root in %s passes as that of an organization", p)
		}
	}
	if err := textFits(name, shape, "arn:aws-xx:organizations::111111111111:organization/o-exampleorg", nil); err == nil {
		t.Error("a partition that does not exist passes")
	}
}
