package inherit

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"accord/internal/policy/document"
)

//go:embed tagtypes.json
var tagTypesJSON []byte

// tagTypes is the table of the resource types that tag policies can name: it is data,
// since AWS adds to it every month. [AWS: services and resource types that support
// enforcement]
type tagTypes struct {
	services []string                     // in alphabetical order
	columns  map[string]map[string]string // by service and type: the letters of the columns
}

// readTagTypes reads the table once, when the first tag policy is checked.
var readTagTypes = sync.OnceValue(func() tagTypes {
	var file struct {
		Services []struct {
			Service string
			Types   map[string]string
		}
	}
	if err := json.Unmarshal(tagTypesJSON, &file); err != nil {
		panic(err) // the file is part of the program
	}
	table := tagTypes{columns: make(map[string]map[string]string, len(file.Services))}
	for _, s := range file.Services {
		table.services = append(table.services, s.Service)
		table.columns[s.Service] = s.Types
	}
	slices.Sort(table.services)
	return table
})

// The columns that decide what a tag policy can name.
const (
	enforceable = "E" // basic compliance rules, enforcement mode
	reportable  = "Q" // required tag keys, reporting mode
)

// wholeService stands for all types of a service, where the table has it.
const wholeService = "ALL_SUPPORTED"

// taggedType is a service and one of its resource types for which the table has the
// column. [AWS: services and resource types that support enforcement; recorded: an
// unknown service and a * are rejected; assumed: a type without the column, too]
func taggedType(column, purpose string) constraint {
	return constraint{violation: func(text string, _ time.Time) string {
		service, kind, ok := strings.Cut(text, ":")
		table := readTagTypes()
		types, known := table.columns[service]
		switch {
		case !ok:
			return document.Quote(text) + " is not a resource type such as s3:bucket"
		case !known:
			return document.Quote(service) + " is not a service whose resources a tag policy can name" + suggestion(service, table.services)
		case strings.Contains(types[kind], column):
			return ""
		case kind == "*" && strings.Contains(types[wholeService], column):
			return fmt.Sprintf("%s is not accepted for a whole service; write %s", document.Quote(text), document.Quote(service+":"+wholeService))
		case types[kind] != "":
			return fmt.Sprintf("%s supports no %s", document.Quote(text), purpose)
		case kind == wholeService:
			return fmt.Sprintf("the types of %s cannot be named together; name each", document.Quote(service))
		}
		return document.Quote(text) + " is not a resource type of the service" + suggestion(kind, typesWith(types, column))
	}}
}

// typesWith returns the types that have a column, in alphabetical order.
func typesWith(types map[string]string, column string) []string {
	var names []string
	for name, letters := range types {
		if strings.Contains(letters, column) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
