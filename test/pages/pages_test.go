package pages

import (
	"slices"
	"testing"
)

func TestBlocksAreFound(t *testing.T) {
	got, err := parse("a.md", "Text\n```sh\none\n  two\n```\n- item\n\n  ```\n  three\n  ```\n")
	want := []Block{{"a.md", 3, "sh", "one\n  two\n"}, {"a.md", 9, "", "three\n"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := parse("a.md", "```sh\none\n"); err == nil {
		t.Error("a block without an end is read")
	}
}
