package export

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

// row is a line of an outline: a unit or an account, below what it is in.
type row struct {
	// kind is root, unit, account or path; the last one says where a column goes on.
	kind         string
	name, id     string
	about, state string
	badges       []badge
	depth        int
	// goesOn says for each level above, and for the own one last, whether there is more below.
	goesOn []bool
	// hasMore is true if there is something below it.
	hasMore bool
	// in are the names of the units that it is in.
	in []string
	// lines are the badges as they fit beside each other.
	lines [][]badge
}

// outlineOf lists a tree: each unit with its accounts, and then the units in it.
func outlineOf(o *organization) []*row {
	var rows []*row
	var add func(u *unit, in []string, goesOn []bool)
	add = func(u *unit, in []string, goesOn []bool) {
		left := len(u.accounts) + len(u.units)
		r := &row{kind: "unit", name: u.name, id: u.id, badges: badges(&u.target), depth: len(u.path), goesOn: goesOn, hasMore: left > 0, in: in}
		if n := len(u.accounts); n > 0 {
			r.about = plural(n, "account", "accounts")
		}
		if u == o.root {
			r.kind = "root"
		}
		rows = append(rows, r)
		inside := append(in[:len(in):len(in)], u.name)
		below := func() []bool {
			left--
			return append(goesOn[:len(goesOn):len(goesOn)], left > 0)
		}
		for _, a := range u.accounts {
			rows = append(rows, &row{
				kind: "account", name: a.name, id: a.id, state: a.stateText(), badges: o.accountBadges(a),
				depth: len(u.path) + 1, goesOn: below(), in: inside,
			})
		}
		for _, child := range u.units {
			add(child, inside, below())
		}
	}
	add(o.root, nil, nil)
	return rows
}

func (o *organization) accountBadges(a *account) (all []badge) {
	if a == o.management {
		all = append(all, badge{"", "admin", "management account"})
	}
	if services := o.services(a); len(services) > 0 {
		all = append(all, badge{"admin", "admin", strings.Join(services, ", ")})
	}
	return append(all, badges(&a.target)...)
}

// The measures of a picture, in pixels.
const (
	rowHeight   = 26
	badgeHeight = 21
	columnWidth = 430
	columnGap   = 32
	margin      = 24
	iconWidth   = 20
	widestStep  = 20
)

// step is by how much a level is moved to the right: less in a deep tree.
func step(rows []*row) float64 {
	deepest := 1
	for _, r := range rows {
		deepest = max(deepest, r.depth)
	}
	return math.Min(widestStep, 200/float64(deepest))
}

// height is what a row takes.
func (r *row) height() float64 { return rowHeight + badgeHeight*float64(len(r.lines)) }

// fit puts the badges of rows on lines that are not wider than a column.
func fit(rows []*row, step float64) {
	for _, r := range rows {
		space := columnWidth - float64(r.depth)*step - iconWidth
		left := 0.0
		for i, b := range r.badges {
			r.badges[i].text = cut(b.text, space-textWidth(b.kind, badgeSize)-24, badgeSize)
			width := r.badges[i].width() + badgeGap
			if left < width {
				r.lines, left = append(r.lines, nil), space
			}
			left -= width
			r.lines[len(r.lines)-1] = append(r.lines[len(r.lines)-1], r.badges[i])
		}
	}
}

const (
	badgeSize = 11
	badgeGap  = 6
	// bold is by how much bold text is wider.
	bold = 1.08
)

func (b *badge) width() float64 {
	width := textWidth(b.text, badgeSize) + 12
	if b.kind != "" {
		width += textWidth(b.kind, badgeSize)*bold + 5
	}
	return width
}

// columns breaks an outline into columns of about the same height, which make a picture that
// is wider than high.
func columns(rows []*row) [][]*row {
	total := 0.0
	for _, r := range rows {
		total += r.height()
	}
	n := int(math.Max(1, math.Round(math.Sqrt(1.5*total/columnWidth))))
	if total < longestColumn {
		n = 1
	}
	for most := total / float64(n); ; most += math.Max(rowHeight, most/50) {
		if all := broken(rows, most); len(all) <= n {
			return all
		}
	}
}

// longestColumn is what need not be broken.
const longestColumn = 900

// broken begins a column where the one before would be higher than allowed. One that does
// not begin with the root begins with where it goes on.
func broken(rows []*row, most float64) [][]*row {
	all, used := [][]*row{nil}, 0.0
	for i, r := range rows {
		needed := r.height()
		if r.hasMore && i+1 < len(rows) {
			// A unit is not left alone at the end of a column.
			needed += rows[i+1].height()
		}
		if used > 0 && used+needed > most {
			all, used = append(all, nil), 0
			if r.depth > 0 {
				all[len(all)-1], used = []*row{r.whereItIs()}, rowHeight
			}
		}
		all[len(all)-1] = append(all[len(all)-1], r)
		used += r.height()
	}
	return all
}

// whereItIs is the row above the first one of a column: the names of the units, of which the
// last ones say most.
func (r *row) whereItIs() *row {
	in := r.in
	for len(in) > 1 && textWidth(strings.Join(in, " / "), 13) > columnWidth/2 {
		in = in[1:]
	}
	if len(in) < len(r.in) {
		in = append([]string{"…"}, in...)
	}
	return &row{kind: "path", name: strings.Join(in, " / "), depth: r.depth - 1, goesOn: r.goesOn[:len(r.goesOn)-1], hasMore: true}
}

// textWidth estimates how wide a text is: nothing is measured here.
func textWidth(text string, size float64) float64 {
	width := 0.0
	for _, r := range text {
		width += runeWidth(r)
	}
	return width * size
}

// runeWidth is the width of a character as a part of the size of the font.
func runeWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100:
		return 1.05
	case strings.ContainsRune("mwMW@%", r):
		return 0.95
	case strings.ContainsRune("iljtfrI.,:;'|!()[] -", r):
		return 0.36
	case unicode.IsUpper(r):
		return 0.7
	}
	return 0.61
}

// cut shortens a text to a width.
func cut(text string, width, size float64) string {
	if textWidth(text, size) <= width {
		return text
	}
	used := size * 0.9
	for i, r := range text {
		if used += runeWidth(r) * size; used > width {
			return text[:i] + "…"
		}
	}
	return text
}

// about counts what is in an organization.
func (o *organization) about() string {
	about := fmt.Sprintf("%s in %s", plural(len(o.accounts), "account", "accounts"), plural(len(o.units)-1, "unit", "units"))
	if o.FeatureSet == "CONSOLIDATED_BILLING" {
		about += " · consolidated billing"
	}
	return about + " · managed by " + strings.TrimSpace(o.management.name+" "+o.management.id)
}
