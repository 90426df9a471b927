package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// finding is a question whose answer changes.
type finding struct {
	account       int // in the accounts that are asked about
	principal     string
	administrator bool
	action        ActionMark
	paths         func(s *model.State) model.Paths
	// calls is how many recorded calls it is, event the ID of one.
	calls int
	event string
}

// rows collects findings.
type rows struct {
	report        *Report
	accounts      []model.Account
	before, after *model.State
	groups        map[groupKey]*group
	order         []groupKey
	// marks are the actions of all findings, numbers their places there: findings are many,
	// and most are of the same actions.
	marks   []ActionMark
	numbers map[ActionMark]int32
}

// groupKey is what the findings of a group have in common.
type groupKey struct {
	account       int
	before, after evaluate.Verdict
	statement     Statement
	keys          string
}

type group struct {
	keys       []string
	principals map[string]*loss
	order      []string
}

// loss is what one principal loses, or gets, by a statement.
type loss struct {
	administrator bool
	actions       []int32 // in marks
	calls         int
	event         string
}

// add adds a finding.
func (w *rows) add(f finding, before, after evaluate.Judgment) {
	s := &w.report.Summary
	n := max(1, f.calls)
	key := groupKey{account: f.account, before: before.Verdict, after: after.Verdict}
	var keys []string
	switch after.Verdict {
	case evaluate.Denied:
		s.Denied += n
		key.statement = w.statement(w.after, f, &after.Most)
	case evaluate.Allowed:
		s.Allowed += n
		decided := &before.Most
		if before.Verdict == evaluate.Depends {
			decided, keys = &before.Least, before.Keys
		}
		key.statement = w.statement(w.before, f, decided)
	default:
		s.Depends += n
		keys = after.Keys
		key.statement = w.statement(w.after, f, &after.Least)
	}
	key.keys = strings.Join(keys, "\x00")
	g := w.groups[key]
	if g == nil {
		g = &group{keys: keys, principals: map[string]*loss{}}
		w.groups[key], w.order = g, append(w.order, key)
	}
	l := g.principals[f.principal]
	if l == nil {
		l = &loss{administrator: f.administrator, event: f.event}
		g.principals[f.principal], g.order = l, append(g.order, f.principal)
	}
	l.calls += f.calls
	if mark := w.number(f.action); f.calls == 0 || !slices.Contains(l.actions, mark) {
		l.actions = append(l.actions, mark)
	}
}

// number is the place of an action in marks.
func (w *rows) number(a ActionMark) int32 {
	n, known := w.numbers[a]
	if !known {
		n = int32(len(w.marks))
		w.numbers[a], w.marks = n, append(w.marks, a)
	}
	return n
}

// statement is what denies a decision.
func (w *rows) statement(s *model.State, f finding, d *evaluate.Decision) Statement {
	cause, denied := d.Cause()
	if !denied {
		return Statement{}
	}
	out := Statement{Layer: model.LayerNames[cause.Source], Effect: "no allow"}
	paths := f.paths(s)
	for _, path := range []struct {
		of     evaluate.Source
		levels []evaluate.Level
	}{{evaluate.SCP, paths.SCP}, {evaluate.RCP, paths.RCP}} {
		if cause.Source == path.of && cause.Level < len(path.levels) {
			out.Target = path.levels[cause.Level].Target
			out.Name = s.TargetName(ident.TargetID(out.Target))
		}
	}
	if cause.Statement == nil || cause.Policy == nil {
		return out
	}
	from := s.Source(cause.Policy)
	out.Effect, out.Sid, out.Index, out.Line = "deny", cause.Statement.Sid, cause.Statement.Index, from.Line(cause.Statement.Index)
	out.Policy, out.PolicyName, out.File = from.Policy, from.Name, from.File
	return out
}

// key tells apart what principals lose.
func (l *loss) key() string {
	b := strconv.AppendBool(nil, l.administrator)
	for _, mark := range l.actions {
		b = strconv.AppendInt(append(b, ' '), int64(mark), 10)
	}
	return string(b)
}

// finish makes the rows of the report.
func (w *rows) finish() {
	shared := map[string][]ActionMark{}
	for _, key := range w.order {
		g := w.groups[key]
		// Principals that lose the same are in one row.
		own := map[string]int{}
		for _, principal := range g.order {
			l := g.principals[principal]
			what := l.key()
			if i, known := own[what]; known {
				row := &w.report.Rows[i]
				row.Principals = append(row.Principals, principal)
				row.Calls += l.calls
				continue
			}
			if shared[what] == nil {
				for _, mark := range l.actions {
					shared[what] = append(shared[what], w.marks[mark])
				}
			}
			own[what] = len(w.report.Rows)
			a := w.accounts[key.account]
			w.report.Rows = append(w.report.Rows, Row{
				Account: a.ID, Name: a.Name, Before: verdicts[key.before], After: verdicts[key.after], Statement: key.statement, Keys: g.keys,
				Principals: []string{principal}, Administrator: l.administrator, Actions: shared[what], Calls: l.calls, Example: l.event,
			})
		}
	}
	order := map[ident.AccountID]int{}
	for i, a := range w.accounts {
		order[a.ID] = i
	}
	slices.SortStableFunc(w.report.Rows, func(a, b Row) int { return cmp.Compare(order[a.Account], order[b.Account]) })
}

// Text names a statement in one line.
func (s *Statement) Text() string {
	where := ""
	if s.Target != "" {
		where = " on " + s.Target
		if s.Name != "" {
			where += " (" + s.Name + ")"
		}
	}
	if s.Effect != "deny" {
		return "no " + s.Layer + where + " allows"
	}
	policy := string(s.Policy)
	if s.File != "" {
		policy = s.File
	} else if s.PolicyName != "" {
		policy = strings.TrimSpace(policy + " " + s.PolicyName)
	}
	statement := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		statement = s.Sid
	}
	return fmt.Sprintf("%s: %s, line %d%s", policy, statement, s.Line, where)
}
