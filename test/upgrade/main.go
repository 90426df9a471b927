// Command upgrade makes the fixtures of the upgrade tests: the stores that a released
// program has left, of each engine. It builds the program of a commit, has it serve the
// calls of a scenario, stops it, and writes the store to testdata/.
//
//	go run ./test/upgrade             # the newest release, or HEAD before the first one
//	go run ./test/upgrade -ref REF    # the program of another commit
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"accord/test/postgres"
)

func main() {
	ref := flag.String("ref", "", "the `commit` of the program; empty for the newest tag, else HEAD")
	flag.Parse()
	if err := run(*ref); err != nil {
		fmt.Fprintln(os.Stderr, "upgrade:", err)
		os.Exit(1)
	}
}

// root is the folder of the module.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// fixtures is where they are.
func fixtures() string { return filepath.Join(root(), "test", "upgrade", "testdata") }

func run(ref string) error {
	if ref == "" {
		ref = "HEAD"
		if tag, err := output(root(), "git", "describe", "--tags", "--abbrev=0"); err == nil {
			ref = tag
		}
	}
	commit, err := output(root(), "git", "rev-parse", "--short=7", ref)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "accord-upgrade-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, "accord")
	if _, err := output(root(), "sh", "-c", "mkdir '"+folder+"/source' && git archive "+commit+" | tar -x -C '"+folder+"/source'"); err != nil {
		return err
	}
	if _, err := output(filepath.Join(folder, "source"), "go", "build", "-o", program, "./cmd/accord"); err != nil {
		return err
	}
	server, err := postgres.Start("", postgres.Throwaway...)
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	database, err := server.CreateDatabase(context.Background())
	if err != nil {
		return err
	}
	file := filepath.Join(folder, "accord.db")
	for _, of := range []struct {
		store, suffix string
		content       func() ([]byte, error)
	}{
		{"sqlite:" + file, ".db.gz", func() ([]byte, error) { return os.ReadFile(file) }},
		{database, ".sql.gz", func() ([]byte, error) { return dump(database) }},
	} {
		if err := leave(program, of.store); err != nil {
			return fmt.Errorf("%s: %w", of.suffix, err)
		}
		version, err := versionOf(program, of.store)
		if err != nil {
			return err
		}
		content, err := of.content()
		if err != nil {
			return err
		}
		path := filepath.Join(fixtures(), fmt.Sprintf("%05d_%s%s", version, commit, of.suffix))
		if err := compress(path, content); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

var shownVersion = regexp.MustCompile(`the schema has version (\d+)`)

// versionOf is the version of the schema of a store, as its program says.
func versionOf(program, store string) (int64, error) {
	shown, err := output(".", program, "migrate", "--show", "--store", store)
	if err != nil {
		return 0, err
	}
	found := shownVersion.FindStringSubmatch(shown)
	if found == nil {
		return 0, fmt.Errorf("no version in %q", shown)
	}
	return strconv.ParseInt(found[1], 10, 64)
}

// dump is a database as SQL that any later PostgreSQL reads.
func dump(database string) ([]byte, error) {
	u, err := url.Parse(database)
	if err != nil {
		return nil, err
	}
	password, _ := u.User.Password()
	u.User = url.User(u.User.Username())
	c := exec.Command("pg_dump", "--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", "--dbname="+u.String())
	c.Env = append(os.Environ(), "PGPASSWORD="+password)
	text, err := c.Output()
	// psql alone reads lines that begin with a backslash, and a newer server knows no
	// setting of an older one.
	var kept []byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, []byte(`\`)) && !bytes.HasPrefix(line, []byte("SET ")) && !bytes.HasPrefix(line, []byte("SELECT pg_catalog.set_config")) {
			kept = append(kept, line...)
		}
	}
	return kept, err
}

func compress(path string, content []byte) error {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	return errors.Join(w.Close(), os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, packed.Bytes(), 0o644))
}

// output runs a program and returns what it printed, without spaces around it.
func output(folder, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Dir = folder
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", name, err, said.String())
	}
	return strings.TrimSpace(string(out)), err
}
