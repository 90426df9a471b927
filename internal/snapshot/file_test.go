package snapshot_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/snapshot"
	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/internal/store/identities"
	"accord/internal/store/schema"
	"accord/test/require"
)

var update = flag.Bool("update", false, "write the files of testdata that are not there")

var instant = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// fill makes an account with an access key, in a store.
func fill(t testing.TB, s *store.Store) {
	t.Helper()
	const account ident.AccountID = "111111111111"
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertAccount(org.Account{ID: account, Name: "Alice", Email: "alice@example.com", State: org.Active, Registered: instant}),
			identities.InsertAccessKey(tx, iam.AccessKey{ID: "AKIAEXAMPLE", Account: account, Sealed: "v1.abcdef01.AAAA", Status: iam.Active, Created: instant}),
			tx.InsertMessage(store.Message{Kind: "mail", Account: account, Body: "hello"}),
			tx.InsertMessage(store.Message{Kind: "record", Account: account, Body: "{}"}),
		)
	}); err != nil {
		t.Fatal(err)
	}
}

func memory(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "memory", store.Options{Clock: clock.NewVirtual(instant), Source: ident.NewSeededSource(1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// file is the file of a small state.
func file(t testing.TB, secrets bool) []byte {
	t.Helper()
	s := memory(t)
	fill(t, s)
	return fileOf(t, s, secrets)
}

// fileOf is the file of the state of a store.
func fileOf(t testing.TB, s *store.Store, secrets bool) []byte {
	t.Helper()
	var made *snapshot.Snapshot
	if err := s.View(t.Context(), func(v *store.View) (err error) {
		made, err = snapshot.Read(v, snapshot.Header{Program: "test", Clock: "virtual", Behaviors: map[string]string{"a": "b"}}, secrets)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	encoded, err := made.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// TestTheSameStateIsTheSameFile, and another one without secrets.
func TestTheSameStateIsTheSameFile(t *testing.T) {
	one, two, without := file(t, true), file(t, true), file(t, false)
	if !bytes.Equal(one, two) {
		t.Error("two files of the same state differ")
	}
	if bytes.Equal(one, without) {
		t.Error("the control: secrets make no difference")
	}
	for name, c := range map[string]struct {
		file []byte
		keys int
	}{"with": {one, 1}, "without": {without, 0}} {
		s, err := snapshot.Decode(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.Rows.Sealed()); n != c.keys || s.Header.Secrets != (c.keys > 0) {
			t.Errorf("%s secrets: %d keys, %+v", name, n, s.Header)
		}
		if s.Header.Rows["accounts"] != 1 || s.Header.Rows["outbox"] != 1 || !s.Header.At.Equal(instant) {
			t.Errorf("%s secrets: %+v", name, s.Header)
		}
	}
}

// TestEachFlippedBitIsFound, wherever it is. The control is the file as it was.
func TestEachFlippedBitIsFound(t *testing.T) {
	whole := file(t, true)
	if _, err := snapshot.Decode(whole); err != nil {
		t.Fatal(err)
	}
	flips, step := 0, require.Amount(7, 1, 1)
	for at := 0; at < len(whole); at += step {
		for bit := range 8 {
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << bit
			flips++
			if err := refused(t, flipped); err == nil {
				t.Fatalf("bit %d of byte %d: accepted", bit, at)
			}
		}
	}
	for end := 0; end < len(whole); end += step {
		if err := refused(t, whole[:end]); err == nil {
			t.Fatalf("the first %d bytes: accepted", end)
		}
	}
	if err := refused(t, append(bytes.Clone(whole), 0)); err == nil {
		t.Error("a byte more: accepted")
	}
	t.Logf("evidence: %d flipped bits and %d cuts of %d bytes, all refused", flips, len(whole)/step, len(whole))
}

// refused returns the error of a file, which has to be a *snapshot.Error of one line.
func refused(t *testing.T, given []byte) error {
	t.Helper()
	_, err := snapshot.Decode(given)
	var its *snapshot.Error
	if err != nil && (!errors.As(err, &its) || strings.Contains(err.Error(), "\n")) {
		t.Fatalf("%v is no *Error of one line", err)
	}
	return err
}

// schemaOf is the schema of this program in a header, or one of so many versions later.
func schemaOf(later int64) string {
	latest, _ := schema.Latest()
	return fmt.Sprintf(`"schema":%d`, latest+later)
}

// signed is a file with the right checksum.
func signed(content string) []byte {
	sum := sha256.Sum256([]byte(content))
	return append([]byte(content), sum[:]...)
}

// TestAFileThatIsNotAsItSaysIsRefused, also with the right checksum, and what is wrong is said.
func TestAFileThatIsNotAsItSaysIsRefused(t *testing.T) {
	whole := file(t, true)
	content := string(whole[:len(whole)-sha256.Size])
	change := func(old, by string) []byte {
		changed := strings.Replace(content, old, by, 1)
		if changed == content {
			t.Fatalf("%q is not in the file", old)
		}
		return signed(changed)
	}
	if _, err := snapshot.Decode(signed(content)); err != nil {
		t.Fatalf("the control: %v", err)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":                 {nil, "byte 1 of the file: it is not a snapshot"},
		"a text":                {[]byte("hello, this is no snapshot at all, whatever its name may be"), "byte 1 of the file"},
		"a newer form":          {change("accord snapshot 1\n", "accord snapshot 2\n"), "form 2, this program knows up to 1: use a newer program"},
		"no form":               {change("accord snapshot 1\n", "accord snapshot x\n"), "byte 17 of the file"},
		"a newer schema":        {change(schemaOf(0), schemaOf(1)), "this program knows up to"},
		"an impossible schema":  {change(schemaOf(0), `"schema":3`), "no program has written a snapshot of schema 3"},
		"an unknown member":     {change(`"program"`, `"another"`), "byte 19 of the file: the header cannot be read: unknown member"},
		"a member twice":        {change(`"program":"test"`, `"program":"test","program":"test"`), "appears twice"},
		"other numbers of rows": {change(`"accounts":1`, `"accounts":2`), "table accounts: the header says 2 rows, and there are 1"},
		"fewer bytes of rows":   {change(`"bytes":`, `"bytes":1`), "and there are others"},
		"a huge length":         {change(`"bytes":`, `"bytes":99999999`), "more than the"},
		"more after the rows":   {signed(content + "x"), "something follows them"},
		"no rows":               {signed(content[:strings.LastIndex(content, "}\n")+2]), "the rows cannot be read"},
		"no end of the header":  {signed(strings.ReplaceAll(content, "}\n", "} ")), "byte 19 of the file"},
	} {
		_, err := snapshot.Decode(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, snapshot.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := snapshot.ReadFile(large); err == nil {
		t.Error("a file that is too large is read")
	}
}

// TestFilesOfEarlierProgramsAreLoaded: testdata has one for each form and schema that there
// was. With -update, those of this program are written.
func TestFilesOfEarlierProgramsAreLoaded(t *testing.T) {
	if *update {
		whole := file(t, true)
		latest, err := schema.Latest()
		if err != nil {
			t.Fatal(err)
		}
		now := fmt.Sprintf("testdata/form1_schema%d.snapshot", latest)
		if _, err := os.Stat(now); err != nil {
			if err := os.WriteFile(now, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// As if from before the first program that writes snapshots.
		content := strings.Replace(string(whole[:len(whole)-sha256.Size]), schemaOf(0), `"schema":7`, 1)
		if err := os.WriteFile("testdata/form1_schema7.snapshot", signed(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/*.snapshot")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		from, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		s, header, err := snapshot.Open(t.Context(), from)
		_ = from.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.View(t.Context(), func(v *store.View) error {
			a, err := v.Account("111111111111")
			if err != nil || a.Name != "Alice" || !v.Now().Equal(header.At) {
				return fmt.Errorf("it has %+v at %v: %w", a, v.Now(), err)
			}
			return nil
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_ = s.Close()
	}
}

// TestRowsThatContradictEachOtherAreRefused: a file of anybody may have them.
func TestRowsThatContradictEachOtherAreRefused(t *testing.T) {
	s := memory(t)
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertAccount(org.Account{ID: "111111111111", Name: "Alice", Email: "alice@example.com", State: org.Active, Registered: instant}),
			// Its management account is in no organization.
			tx.InsertOrganization(org.Organization{ID: "o-exampleorgid", Management: "111111111111", Root: "r-ab12", FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: instant}),
		)
	}); err != nil {
		t.Fatal(err)
	}
	_, _, err := snapshot.Open(t.Context(), bytes.NewReader(fileOf(t, s, true)))
	var its *snapshot.Error
	if !errors.As(err, &its) || !strings.Contains(err.Error(), "its management account is not a member of it") {
		t.Errorf("got %v", err)
	}
}

func TestNamesAreThoseOfFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"base": true, "A-1_b.c": true, "0": true, strings.Repeat("a", 64): true,
		"": false, ".": false, "..": false, "-x": false, "_x": false, "a/b": false, "a b": false, "ü": false, "a\n": false, strings.Repeat("a", 65): false,
	} {
		if got := snapshot.ValidName(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

// FuzzDecode: whatever is read, nothing else than an *Error or a snapshot comes of it. The
// checksum is made right, so that what is behind it is reached.
func FuzzDecode(f *testing.F) {
	whole := file(f, true)
	f.Add(whole[:len(whole)-sha256.Size])
	f.Add([]byte("accord snapshot 1\n{}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, given := range [][]byte{content, signed(string(content))} {
			s, err := snapshot.Decode(given)
			var its *snapshot.Error
			switch {
			case err != nil && !errors.As(err, &its):
				t.Fatalf("%v is no *Error", err)
			case err == nil:
				if _, err := s.Encode(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestRowsThatTheStoreRefusesAreAnError of the file: constraints hold for each row, and none
// refers to one that is not there.
func TestRowsThatTheStoreRefusesAreAnError(t *testing.T) {
	text := func(parts ...string) (s string) {
		for _, part := range parts {
			s += string(rune(len(part))) + part
		}
		return s
	}
	const tt, nn = "t\x00", "n\x00"
	organizations := text("organizations") + "\x06" + text("id") + tt + text("management_account_id") + tt + text("root_id") + tt +
		text("feature_set") + tt + text("created_at") + nn + text("partition") + tt
	units := text("resource_policies") + "\x03" + text("organization_id") + tt + text("id") + tt + text("content") + tt
	for name, c := range map[string]struct{ rows, want string }{
		"a value that a column cannot have": {organizations + "\x01" + text(text("o-a", "1", "r-a", "OTHER")+"\x02"+text("aws")) + "\x00", "rows of the table organizations: "},
		"a row that refers to none":         {units + "\x01" + text(text("o-a", "rp-a", "{}")) + "\x00", "rows of the table resource_policies: "},
		"two rows where one may be": {organizations + "\x02" + text(text("o-a", "1", "r-a", "ALL")+"\x02"+text("aws"), text("o-b", "1", "r-b", "ALL")+"\x02"+text("aws")) + "\x00",
			"rows of the table organizations: "},
	} {
		rows, err := dump.Parse(c.rows)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		latest, err := schema.Latest()
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := (&snapshot.Snapshot{Header: snapshot.Header{Schema: latest, At: instant, Clock: "virtual"}, Rows: rows}).Encode()
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = snapshot.Open(t.Context(), bytes.NewReader(encoded))
		var its *snapshot.Error
		if !errors.As(err, &its) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
