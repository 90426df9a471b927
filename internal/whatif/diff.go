package whatif

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// indented is a JSON text in lines.
func indented(text string) []string {
	if text == "" {
		return nil
	}
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return []string{text}
	}
	return strings.Split(b.String(), "\n")
}

// mostCells bounds the work of a comparison. Longer texts are shown as removed and added.
const mostCells = 4 << 20

// diff shows how lines differ: those that go begin with a minus, those that come with a
// plus, and those around them that stay with a space.
func diff(before, after []string) string {
	var b strings.Builder
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	write := func(mark string, lines []string) {
		for _, line := range lines {
			b.WriteString(mark + line + "\n")
		}
	}
	write(" ", before[max(0, head-around):head])
	middleBefore, middleAfter := before[head:len(before)-tail], after[head:len(after)-tail]
	if len(middleBefore)*len(middleAfter) > mostCells {
		write("-", middleBefore)
		write("+", middleAfter)
	} else {
		for _, step := range steps(middleBefore, middleAfter) {
			write(step.mark, []string{step.line})
		}
	}
	write(" ", before[len(before)-tail:min(len(before), len(before)-tail+around)])
	return b.String()
}

// around is how many lines that stay are shown around those that do not.
const around = 3

type step struct{ mark, line string }

// steps are a shortest way from one list of lines to another.
func steps(before, after []string) []step {
	// longest[i][j] is the length of the longest common subsequence from i and j on.
	longest := make([][]int32, len(before)+1)
	for i := range longest {
		longest[i] = make([]int32, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var all []step
	i, j := 0, 0
	for i < len(before) && j < len(after) {
		switch {
		case before[i] == after[j]:
			all, i, j = append(all, step{" ", before[i]}), i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			all, i = append(all, step{"-", before[i]}), i+1
		default:
			all, j = append(all, step{"+", after[j]}), j+1
		}
	}
	for _, line := range before[i:] {
		all = append(all, step{"-", line})
	}
	for _, line := range after[j:] {
		all = append(all, step{"+", line})
	}
	return slices.Clip(all)
}
