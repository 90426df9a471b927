package seed

import (
	"fmt"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with a document, and where.
type Problem struct {
	File string
	Line int
	// Path leads to the value, such as "organizations[0].root.units[1].name".
	Path string
	Text string
}

// String is the problem in one line.
func (p Problem) String() string {
	place := p.File
	if p.Line > 0 {
		place += ":" + strconv.Itoa(p.Line)
	}
	if p.Path != "" {
		place += ": " + p.Path
	}
	return strings.TrimPrefix(place+": "+p.Text, ": ")
}

// Problems are all that is wrong, one a line.
type Problems []Problem

// Error lists the first ones.
func (p Problems) Error() string {
	var lines []string
	for i, problem := range p {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(p)-i))
			break
		}
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// File is a document that was read, with the place of each value.
type File struct {
	Document
	// Name is that of the file.
	Name  string
	lines map[string]int
}

// At is a problem at a path of the document, with the line of the value or of what is
// around it.
func (f *File) At(path, text string) Problem {
	for at := path; ; {
		if line, known := f.lines[at]; known || at == "" {
			return Problem{File: f.Name, Line: line, Path: path, Text: text}
		}
		at = at[:max(0, strings.LastIndexAny(at, ".["))]
	}
}

// Has reports whether a path leads to something in the document.
func (f *File) Has(path string) bool {
	_, has := f.lines[path]
	return has
}
