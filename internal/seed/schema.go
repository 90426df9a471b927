package seed

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"accord/internal/quota"
)

// SchemaURL is what a document may name as its $schema beside a path to a copy.
const SchemaURL = "seed.schema.json"

// object is a JSON object of the schema.
type object = map[string]any

// Schema is the JSON schema of the document, made of its types and of the tables of forms
// and descriptions.
func Schema() ([]byte, error) {
	s := &schemaWriter{definitions: object{}}
	root, err := s.structSchema(reflect.TypeFor[Document]())
	if err != nil {
		return nil, err
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "A seed of Accord: accounts and organizations"
	root["$defs"] = s.definitions
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

// schemaWriter collects the definitions of types.
type schemaWriter struct{ definitions object }

func (s *schemaWriter) structSchema(t reflect.Type) (object, error) {
	properties, required := object{}, []string{}
	for _, f := range fieldsOf(t) {
		description, known := descriptions[f.of+"."+f.name]
		if !known {
			return nil, fmt.Errorf("%s.%s has no description", f.of, f.name)
		}
		member, err := s.typeSchema(t.FieldByIndex(f.index).Type, f.form)
		if err != nil {
			return nil, err
		}
		member["description"] = description
		properties[f.name] = member
		if f.required {
			required = append(required, f.name)
		}
	}
	schema := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema, nil
}

// scalar is what a tag or a name may be: YAML reads some texts without quotes as numbers.
var scalar = []string{"string", "number", "boolean"}

func (s *schemaWriter) typeSchema(t reflect.Type, formName string) (object, error) {
	switch t {
	case tagsType:
		return object{"type": "object", "additionalProperties": object{"type": append(slices.Clone(scalar), "null")}}, nil
	case whenType:
		return object{"type": "string", "examples": []string{"2026-01-31T12:00:00Z", "3d", "3d12h"}}, nil
	case timeType:
		return object{"type": "string", "examples": []string{"2026-01-31T12:00:00Z"}}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.typeSchema(t.Elem(), formName)
	case reflect.Slice:
		items, err := s.typeSchema(t.Elem(), formName)
		return object{"type": "array", "items": items}, err
	case reflect.Struct:
		if _, known := s.definitions[t.Name()]; !known {
			s.definitions[t.Name()] = nil
			definition, err := s.structSchema(t)
			if err != nil {
				return nil, err
			}
			s.definitions[t.Name()] = definition
		}
		return object{"$ref": "#/$defs/" + t.Name()}, nil
	case reflect.Map:
		properties := object{}
		for _, q := range quota.Quotas() {
			properties[string(q.Name)] = object{"anyOf": []object{{"type": "integer", "minimum": 0}, {"const": "unlimited"}}, "description": q.Counts}
		}
		return object{"type": "object", "properties": properties, "additionalProperties": false}, nil
	case reflect.Bool:
		return object{"type": "boolean"}, nil
	case reflect.Int, reflect.Int64:
		schema := object{"type": "integer", "minimum": forms[formName].min}
		if most := forms[formName].max; most > 0 {
			schema["maximum"] = most
		}
		return schema, nil
	}
	return textSchema(formName), nil
}

func textSchema(formName string) object {
	f := forms[formName]
	switch {
	case formName == "content":
		return object{"type": []string{"object", "string"}}
	case f.values != nil:
		return object{"enum": f.values}
	case formName == "accountId":
		// Without quotes YAML reads it as a number.
		return object{"anyOf": []object{{"type": "string", "pattern": f.pattern.String()}, {"type": "integer"}}, "examples": []string{f.example}}
	case f.pattern != nil:
		return object{"type": "string", "pattern": f.pattern.String(), "examples": []string{f.example}}
	}
	return object{"type": scalar}
}
