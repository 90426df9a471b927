package export

import (
	"fmt"
	"math"
	"strings"
)

// svg draws the outline of each organization in columns, light or dark as the reader has it.
func svg(r *resolver) string {
	p := &picture{y: margin}
	for _, o := range r.all {
		p.section(strings.TrimSpace("Organization "+o.ID), o.about(), outlineOf(o))
	}
	if len(r.alone) > 0 || len(r.all) == 0 {
		var rows []*row
		for _, a := range r.alone {
			rows = append(rows, &row{kind: "account", name: a.name, id: a.id, state: a.stateText()})
		}
		p.section("No organization", plural(len(r.alone), "account", "accounts"), rows)
	}
	width, height := math.Ceil(p.width+margin), math.Ceil(p.y)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g" aria-label="Accounts and organizations">
<style>
%[3]s</style>
<rect class="back" width="100%%" height="100%%"/>
%[4]s</svg>
`, width, height, styles(), p.String())
}

// colors are what is drawn in which color, light and dark.
var colors = []struct{ rule, light, dark string }{
	{".back{fill:%s}", "#ffffff", "#0d1117"},
	{"text{fill:%s}", "#1f2328", "#e6edf3"},
	{".muted,.id,.path{fill:%s}", "#59636e", "#9198a1"},
	{".guides{stroke:%s}", "#c8d1da", "#3d444d"},
	{".icon-root,.icon-unit{fill:%s}", "#0969da", "#4493f8"},
	{".icon-account{fill:%s}", "#818b98", "#656c76"},
	{".icon-closed{stroke:%s}", "#818b98", "#656c76"},
	{".scp rect{fill:%s}", "#ffebe9", "#4c1f24"}, {".scp text{fill:%s}", "#a40e26", "#ffa198"},
	{".rcp rect{fill:%s}", "#fff1e5", "#45290f"}, {".rcp text{fill:%s}", "#953800", "#ffb77c"},
	{".other rect{fill:%s}", "#ddf4ff", "#12304f"}, {".other text{fill:%s}", "#0550ae", "#79c0ff"},
	{".admin rect{fill:%s}", "#fbefff", "#33214d"}, {".admin text{fill:%s}", "#6639ba", "#d2a8ff"},
	{".off rect{stroke:%s}", "#9a6700", "#bb8009"}, {".off text{fill:%s}", "#7d4e00", "#e3b341"},
	{".state rect{fill:%s}", "#e6eaef", "#2d333b"}, {".state text{fill:%s}", "#59636e", "#adbac7"},
}

func styles() string {
	var light, dark strings.Builder
	for _, c := range colors {
		fmt.Fprintf(&light, c.rule+"\n", c.light)
		fmt.Fprintf(&dark, c.rule+"\n", c.dark)
	}
	return `text{font:13px -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;white-space:pre}
.title{font-size:18px;font-weight:600}
.unit{font-weight:600}
.id{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;text-anchor:end}
.path{font-style:italic;font-size:12px}
.badge text{font-size:11px}
.badge .kind{font-weight:600}
.guides,.icon-closed{fill:none;stroke-width:1.2}
.off rect{fill:none;stroke-dasharray:3 2}
` + light.String() + "@media (prefers-color-scheme:dark){\n" + dark.String() + "}\n"
}

// picture is drawn from the top to the bottom.
type picture struct {
	strings.Builder
	width, y float64
}

func (p *picture) text(x, y float64, class, text string) {
	fmt.Fprintf(p, `<text x="%s" y="%s"%s>%s</text>`, px(x), px(y), classOf(class), escaped(text))
}

func classOf(class string) string {
	if class == "" {
		return ""
	}
	return ` class="` + class + `"`
}

// px writes a coordinate: tenths are enough.
func px(n float64) string { return fmt.Sprintf("%g", math.Round(n*10)/10) }

// section draws a title and the columns of an outline.
func (p *picture) section(title, about string, rows []*row) {
	p.text(margin, p.y+18, "title", title)
	p.text(margin, p.y+38, "muted", about)
	p.WriteByte('\n')
	p.width = math.Max(p.width, margin+math.Max(columnWidth, math.Max(textWidth(title, 18), textWidth(about, 13))))
	p.y += 56
	indent := step(rows)
	fit(rows, indent)
	bottom := p.y
	for i, column := range columns(rows) {
		x, y := margin+float64(i)*(columnWidth+columnGap), p.y
		var guides strings.Builder
		for _, r := range column {
			r.guide(&guides, x, y, indent)
			y += r.height()
		}
		fmt.Fprintf(p, "<path class=\"guides\" d=\"%s\"/>\n", guides.String())
		y = p.y
		for _, r := range column {
			p.row(r, x, y, indent)
			y += r.height()
		}
		p.width, bottom = math.Max(p.width, x+columnWidth), math.Max(bottom, y)
	}
	p.y = bottom + margin
}

// guide draws the lines that lead to a row and past it.
func (r *row) guide(b *strings.Builder, x, y, indent float64) {
	at := func(level int) string { return px(x + float64(level)*indent + 7) }
	if r.hasMore {
		fmt.Fprintf(b, "M%s %sV%s", at(r.depth), px(y+rowHeight/2+6), px(y+r.height()))
	}
	for level, more := range r.goesOn {
		own := level == len(r.goesOn)-1 && r.kind != "path"
		switch {
		case own && more:
			fmt.Fprintf(b, "M%s %sV%sM%s %sH%s", at(level), px(y), px(y+r.height()), at(level), px(y+rowHeight/2), px(x+float64(level+1)*indent+1))
		case own:
			fmt.Fprintf(b, "M%s %sV%sH%s", at(level), px(y), px(y+rowHeight/2), px(x+float64(level+1)*indent+1))
		case more:
			fmt.Fprintf(b, "M%s %sV%s", at(level), px(y), px(y+r.height()))
		}
	}
}

// row draws a row: an icon, the name, what is said of it, its state and its ID, and below
// them its badges.
func (p *picture) row(r *row, x, y, indent float64) {
	left, right := x+float64(r.depth)*indent, x+columnWidth
	if r.kind == "path" {
		p.text(left, y+17, "path", cut(r.name, right-left, 12))
		p.WriteByte('\n')
		return
	}
	p.WriteString("<g>")
	if r.kind == "account" && r.state != "" {
		fmt.Fprintf(p, `<circle class="icon-closed" cx="%s" cy="%s" r="4"/>`, px(left+7), px(y+rowHeight/2))
	} else if r.kind == "account" {
		fmt.Fprintf(p, `<circle class="icon-account" cx="%s" cy="%s" r="4.5"/>`, px(left+7), px(y+rowHeight/2))
	} else {
		fmt.Fprintf(p, `<rect class="icon-%s" x="%s" y="%s" width="12" height="12" rx="3"/>`, r.kind, px(left+1), px(y+rowHeight/2-6))
	}
	name := left + iconWidth
	if r.id != "" {
		p.text(right, y+17, "id", r.id)
		right -= float64(len(r.id))*6.7 + 10
	}
	if r.state != "" {
		state := badge{text: r.state, class: "state"}
		right -= state.width()
		p.badge(&state, right, y+4)
		right -= badgeGap
	}
	class, size := "", 13.0
	if r.kind != "account" {
		class, size = "unit", 13*bold
	}
	shown := cut(r.name, right-name, size)
	if shown != r.name {
		fmt.Fprintf(p, "<title>%s</title>", escaped(r.name))
	}
	fmt.Fprintf(p, `<text x="%s" y="%s"><tspan%s>%s</tspan>`, px(name), px(y+17), classOf(class), escaped(shown))
	// The reader knows best where the name ends.
	if r.about != "" && textWidth(shown, size)+textWidth(r.about, 13)+20 < right-name {
		fmt.Fprintf(p, `<tspan class="muted" dx="8">%s</tspan>`, escaped(r.about))
	}
	p.WriteString("</text>")
	for i, line := range r.lines {
		at := name
		for _, b := range line {
			p.badge(&b, at, y+rowHeight-2+float64(i)*badgeHeight)
			at += b.width() + badgeGap
		}
	}
	p.WriteString("</g>\n")
}

// badge draws a badge.
func (p *picture) badge(b *badge, x, y float64) {
	fmt.Fprintf(p, `<g class="badge %s"><rect x="%s" y="%s" width="%s" height="17" rx="4"/>`, b.class, px(x), px(y), px(b.width()))
	at := x + 6
	if b.kind != "" {
		p.text(at, y+12.5, "kind", b.kind)
		at += textWidth(b.kind, badgeSize)*bold + 5
	}
	p.text(at, y+12.5, "", b.text)
	p.WriteString("</g>")
}
