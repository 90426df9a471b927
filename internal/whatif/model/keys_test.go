package model_test

import (
	"slices"
	"testing"

	"accord/internal/whatif/model"
)

// TestPairsAreReadAsTheyAreWritten, in the order of their names; what is not known is left out.
func TestPairsAreReadAsTheyAreWritten(t *testing.T) {
	want := []string{"aws:sourceip=203.0.113.7", "aws:tagkeys=a", "aws:tagkeys=b=c", "aws:vpcsourceip"}
	keys, err := model.ParseKeys([]string{want[3], want[1], want[0], want[2]})
	if err != nil {
		t.Fatal(err)
	}
	keys["aws:userid"] = model.Key{}
	if got := model.Pairs(keys); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
