// Command upgrade makes the fixtures of the upgrade tests: a store as a released program
// has left it.
package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing/fstest"
)

func main() {}

// root is the folder of the module.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// schemaFiles are the migrations, by their names.
func schemaFiles() (fstest.MapFS, error) {
	folder := os.DirFS(filepath.Join(root(), "internal", "store", "schema"))
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files, nil
}
