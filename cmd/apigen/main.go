// Command apigen writes the Go packages of the wire from the interface facts in
// model/: types, enums, checks, errors, JSON and query forms, the table of operations and
// their callers. Its output depends on its input alone; `go generate ./...` runs it.
//
//	apigen -model ../../../model -service organizations -package orgapi -out .
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	model := flag.String("model", "model", "folder of the interface facts")
	service := flag.String("service", "", "service to generate: the name of its file in the folder")
	pkg := flag.String("package", "", "name of the package to write")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*model, *service, *pkg, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

// run generates the package of one service.
func run(model, service, pkg, out string) error {
	m, err := Load(model, service)
	if err != nil {
		return err
	}
	for _, name := range sorted(emitters) {
		file := emitters[name](m, pkg)
		if file == nil {
			continue
		}
		text, err := file.formatted()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// emitters are the files of a generated package. An emitter returns nil where a
// service has no use for its file.
var emitters = map[string]func(*Model, string) *source{
	"types_gen.go":    (*Model).types,
	"enums_gen.go":    (*Model).enums,
	"validate_gen.go": (*Model).validate,
	"values_gen.go":   (*Model).valueChecks,
	"json_gen.go":     (*Model).json,
	"query_gen.go":    (*Model).query,
	"errors_gen.go":   (*Model).errors,
	"service_gen.go":  (*Model).service,
	"access_gen.go":   (*Model).accessTables,
	"subject_gen.go":  (*Model).subjects,
}
