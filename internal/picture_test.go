package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestThePictureIsTheTable: the drawing in ARCHITECTURE.md has a line for each
// layer, from the top to the bottom, with its packages and its name.
func TestThePictureIsTheTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	drawn := picture(string(text))
	if len(drawn) != len(layers) {
		t.Fatalf("ARCHITECTURE.md draws %d layers, the table has %d", len(drawn), len(layers))
	}
	for i, l := range layers {
		var want []string
		for _, p := range l.packages {
			want = append(want, strings.TrimPrefix(p.path, "internal/"))
		}
		slices.Sort(want)
		if drawn[i].name != l.name {
			t.Errorf("ARCHITECTURE.md calls layer %d %q, the table %q", i+1, drawn[i].name, l.name)
		}
		if !slices.Equal(drawn[i].packages, want) {
			t.Errorf("%s: ARCHITECTURE.md draws\n%v, the table has\n%v", l.name, drawn[i].packages, want)
		}
	}
}

type drawnLayer struct {
	name     string
	packages []string
}

// picture reads the first block of code: in each line packages, two spaces or more,
// and the name of the layer. Lines that only connect are skipped.
func picture(markdown string) (drawn []drawnLayer) {
	_, block, _ := strings.Cut(markdown, "```\n")
	block, _, _ = strings.Cut(block, "```")
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		gap := regexp.MustCompile(` {2,}`).FindAllStringIndex(line, -1)
		if line == "" || strings.Trim(line, "│ ") == "" || gap == nil {
			continue
		}
		last := gap[len(gap)-1]
		l := drawnLayer{name: line[last[1]:]}
		for _, word := range strings.Fields(strings.ReplaceAll(line[:last[0]], "─", " ")) {
			l.packages = append(l.packages, expand(word)...)
		}
		slices.Sort(l.packages)
		drawn = append(drawn, l)
	}
	return drawn
}

// expand is the packages of one word: of a/… those of the table at and below a, of
// a/{b,c} these are a/b, a/c, and a itself if it is a package.
func expand(word string) []string {
	if top, below := strings.CutSuffix(word, "/…"); below {
		var packages []string
		for _, r := range rows() {
			if p := strings.TrimPrefix(r.path, "internal/"); p == top || strings.HasPrefix(p, top+"/") {
				packages = append(packages, p)
			}
		}
		return packages
	}
	above, below, found := strings.Cut(strings.TrimSuffix(word, "}"), "/{")
	if !found {
		return []string{word}
	}
	var packages []string
	if _, exists := rowOf("internal/" + above); exists {
		packages = append(packages, above)
	}
	for b := range strings.SplitSeq(below, ",") {
		packages = append(packages, above+"/"+b)
	}
	return packages
}
