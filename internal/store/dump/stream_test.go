package dump_test

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"accord/internal/store/dump"
	"accord/test/require"
)

// text writes a table as Append does: numbers after each other are counts, texts have their
// length.
func text(parts ...any) string {
	var b []byte
	for _, part := range parts {
		switch p := part.(type) {
		case int:
			b = binary.AppendUvarint(b, uint64(p))
		case string:
			b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
		case byte:
			b = append(b, p)
		}
	}
	return string(b)
}

// counter is a row of the table counters.
func counter(organization, name string, value int) string {
	return text(organization, name) + string(binary.AppendVarint(nil, int64(value)))
}

const (
	tt, n = byte('t'), byte('n')
	must  = byte(0)
	may   = byte(1)
)

var counters = []any{"counters", 3, "organization_id", tt, must, "name", tt, must, "value", n, must}

func countersOf(rows ...any) string {
	return text(append(append(append([]any{}, counters...), len(rows)), append(rows, "")...)...)
}

// TestWhatIsNoDumpIsRefusedWithItsPlace. The control is the same table as it has to be.
func TestWhatIsNoDumpIsRefusedWithItsPlace(t *testing.T) {
	if _, err := dump.Parse(countersOf(counter("o", "a", 1), counter("o", "b", 2))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ given, want string }{
		"nothing":               {"", "byte 0 of the rows: a name"},
		"no end":                {countersOf()[:len(countersOf())-1], "a name is expected"},
		"more after the end":    {countersOf() + "x", "after the end"},
		"an unknown table":      {text("nothing", 0, 0, ""), "table nothing, byte 8 of the rows: this program knows no such table"},
		"a table twice":         {strings.TrimSuffix(countersOf(), "\x00") + countersOf(), "table counters"},
		"an unknown column":     {text("counters", 4, "organization_id", tt, must, "name", tt, must, "value", n, must, "other", n, may, 0, ""), "knows no column other"},
		"a column twice":        {text("counters", 4, "organization_id", tt, must, "name", tt, must, "value", n, must, "value", n, must, 0, ""), "a column is there twice"},
		"a missing column":      {text("counters", 2, "organization_id", tt, must, "name", tt, must, 0, ""), "the column value is missing"},
		"another kind":          {text("counters", 3, "organization_id", tt, must, "name", tt, must, "value", tt, must, 0, ""), "the column value is of another kind"},
		"NULL where none is":    {text("counters", 3, "organization_id", tt, must, "name", tt, must, "value", n, may, 0, ""), "the column value is of another kind"},
		"a huge number of rows": {text(append(append([]any{}, counters...), 1<<40)...), "the number of rows"},
		"a huge row":            {text(append(append([]any{}, counters...), 1, 1<<40, "")...), "table counters, row 1"},
		"a huge text":           {countersOf(text(1 << 40)), "row 1, byte"},
		"half a row":            {countersOf(text("o", "a")), "row 1"},
		"more than a row":       {countersOf(counter("o", "a", 1) + "x"), "more values than columns"},
		"rows in no order":      {countersOf(counter("o", "b", 1), counter("o", "a", 1)), "row 2"},
		"a row twice":           {countersOf(counter("o", "a", 1), counter("o", "a", 1)), "row 2"},
		"a key twice":           {countersOf(counter("o", "a", 1), counter("o", "a", 2)), "row 2, byte"},
		"invalid UTF-8":         {countersOf(counter("o", "\xff", 1)), "the value of name"},
		"NUL":                   {countersOf(counter("o", "\x00", 1)), "the value of name"},
		"a number that is long": {countersOf(text("o", "a") + "\x80\x00"), "the value of value"},
		"a number without end":  {countersOf(text("o", "a") + strings.Repeat("\xff", 11)), "the value of value"},
		"no number of a sequence": {text("delegated_administrators", 5, "organization_id", tt, must, "account_id", tt, must,
			"service_principal", tt, must, "delegated_at", n, must, "sequence", byte('s'), must, 1,
			text("o", "a", "s")+"\x00"+string(binary.AppendVarint(nil, 1<<41)), ""), "no number of the sequence"},
	} {
		_, err := dump.Parse(c.given)
		var its *dump.Error
		if !errors.As(err, &its) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestTheNumberOfRowsTakesNoMemory: a file of some kilobytes, expanded, says that it has as many
// rows as bytes.
func TestTheNumberOfRowsTakesNoMemory(t *testing.T) {
	const many = 1 << 24
	whole := text(append(append([]any{}, counters...), many)...) + strings.Repeat("\x00", many)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := dump.Parse(whole)
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; err == nil || taken > many {
		t.Errorf("%d bytes were taken: %v", taken, err)
	}
}

// TestAColumnThatIsNotThereYetIsNull: as in rows that were there before a migration. The
// columns may be in another order.
func TestAColumnThatIsNotThereYetIsNull(t *testing.T) {
	old := text("login_profiles", 3, "user_id", tt, must, "reset_required", byte('b'), must, "account_id", tt, must, 2,
		text("u1")+"\x01"+text("111111111111"), text("u2")+"\x00"+text("111111111110"), "")
	s := open(t, "memory")
	load(t, s, parse(t, old), false)
	again := string(read(t, s).Append(nil))
	want := text("login_profiles", 4, "account_id", tt, must, "user_id", tt, must, "created_at", n, may, "reset_required", byte('b'), must, 2,
		text("111111111110", "u2")+"\x00\x00", text("111111111111", "u1")+"\x00\x01", "")
	if again != want {
		t.Errorf("got %q, want %q", again, want)
	}
}

// TestDumpsCutShortAreRefused at each byte of a large one.
func TestDumpsCutShortAreRefused(t *testing.T) {
	whole := string(read(t, scenario(t)).Append(nil))
	step := require.Amount(97, 23, 1)
	cuts := 0
	for end := 0; end < len(whole); end += step {
		cuts++
		if _, err := dump.Parse(whole[:end]); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", end, len(whole))
		}
	}
	t.Logf("evidence: %d cuts refused", cuts)
}

// FuzzParse: whatever is read as a dump is written the same way again.
func FuzzParse(f *testing.F) {
	f.Add(countersOf(counter("o", "a", 1), counter("o", "b", -2)))
	f.Add(text("login_profiles", 3, "user_id", tt, must, "reset_required", byte('b'), must, "account_id", tt, must, 1, text("u1")+"\x01"+text("1"), ""))
	whole := string(read(f, scenario(f)).Append(nil))
	f.Add(whole)
	f.Fuzz(func(t *testing.T, given string) {
		d, err := dump.Parse(given)
		if err != nil {
			var its *dump.Error
			if !errors.As(err, &its) {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		again, err := dump.Parse(string(d.Append(nil)))
		if err != nil || string(again.Append(nil)) != string(d.Append(nil)) {
			t.Fatalf("it is written in another way: %v", err)
		}
	})
}
