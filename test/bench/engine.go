//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
	"accord/test/npm"
	"accord/test/pages"
)

// besideAccounts is for how many accounts another engine is asked.
const besideAccounts = 10

// simulation is a question with its policies, as iam-simulate reads it.
type simulation struct {
	Request struct {
		Principal string `json:"principal"`
		Action    string `json:"action"`
		Resource  struct {
			Resource  string `json:"resource"`
			AccountID string `json:"accountId"`
		} `json:"resource"`
		ContextVariables map[string]string `json:"contextVariables"`
	} `json:"request"`
	IdentityPolicies        []namedPolicy `json:"identityPolicies"`
	ServiceControlPolicies  []levelOf     `json:"serviceControlPolicies"`
	ResourceControlPolicies []levelOf     `json:"resourceControlPolicies"`
}

type namedPolicy struct {
	Name   string          `json:"name"`
	Policy json.RawMessage `json:"policy"`
}

type levelOf struct {
	Target   string        `json:"orgIdentifier"`
	Policies []namedPolicy `json:"policies"`
}

// everything is what both principals of an account may do.
const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// question is one question of the comparison, in an organization before or after the change.
type question struct {
	in *model.State
	model.Question
}

// beside asks the same questions of Accord and of @cloud-copilot/iam-simulate, one after the
// other on one core: those about actions without a resource, which both can be asked about.
func (a *asked) beside() error {
	questions, err := a.sample()
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	for i := range questions {
		text, err := json.Marshal(questions[i].simulation())
		if err != nil {
			return err
		}
		lines.Write(append(text, '\n'))
	}
	folder := a.path("engine")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	err = npm.InstallInto(folder, filepath.Join(pages.Root(), "test/clients/simulators/engine"))
	var missing *npm.Missing
	if errors.As(err, &missing) {
		fmt.Fprintln(a.out, "\nNo comparison with another engine:", missing)
		return nil
	}
	if err != nil {
		return err
	}
	run := pinnedCommand("node", filepath.Join(folder, "rate.mjs"), fmt.Sprint(length.Seconds()*float64(min(*rounds, asRounds))))
	run.Stdin, run.Stderr = &lines, os.Stderr
	out, err := run.Output()
	if err != nil {
		return err
	}
	theirs := strings.Split(strings.TrimSpace(string(out)), "\n")
	rate, err := strconv.ParseFloat(theirs[len(theirs)-1], 64)
	if err != nil || len(theirs) != len(questions)+1 {
		return fmt.Errorf("%d answers to %d questions: %w", len(theirs)-1, len(questions), err)
	}
	ours, err := judge(questions, theirs)
	if err != nil {
		return err
	}
	a.table(fmt.Sprintf("The same %d questions, one after the other on one core; both engines answer them alike", len(questions)),
		[]string{"engine", "questions in a CPU-second", "times"},
		[][]string{
			{"@cloud-copilot/iam-simulate on Node.js", fmt.Sprintf("%.0f", rate), "1"},
			{"Accord, each question whole", fmt.Sprintf("%.0f", ours), fmt.Sprintf("%.0f", ours/rate)},
		})
	return nil
}

// sample are questions of both principals of some accounts, before and after a change.
func (a *asked) sample() ([]question, error) {
	text, err := adminRequest(a.admin, http.MethodGet, "/model?organization="+a.organization, nil)
	if err != nil {
		return nil, err
	}
	var o model.Organization
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	changed, err := change.Apply(&o, []change.Change{{Attach: "logs", Document: denyLogs, Target: change.Targets{"root"}}})
	if err != nil {
		return nil, err
	}
	base := model.NewBase(&o)
	var all []question
	for _, of := range []*model.Organization{&o, changed} {
		state, err := base.State(of)
		if err != nil {
			return nil, err
		}
		for _, id := range a.accounts[:besideAccounts] {
			principals, err := base.Principals(ident.AccountID(id))
			if err != nil {
				return nil, err
			}
			for _, p := range principals {
				for _, action := range cloudtrail.Actions() {
					if !action.OnResources {
						all = append(all, question{state, model.Question{Principal: p, Action: evaluate.ActionOf(action.Name), Resource: "*", Owner: p.Account, Region: "eu-west-1"}})
					}
				}
			}
		}
	}
	return all, nil
}

// simulation is the question for the other engine.
func (q *question) simulation() *simulation {
	s := &simulation{IdentityPolicies: []namedPolicy{{"all", json.RawMessage(everything)}}, ResourceControlPolicies: []levelOf{}}
	s.Request.Principal, s.Request.Action = q.Principal.ARN, q.Action.Name
	s.Request.Resource.Resource, s.Request.Resource.AccountID = q.Resource, string(q.Owner)
	s.Request.ContextVariables = map[string]string{"aws:PrincipalArn": q.Principal.EntityARN, "aws:RequestedRegion": q.Region}
	for _, l := range q.in.Levels(policy.ServiceControl, q.Principal.Account.Target()) {
		level := levelOf{Target: l.Target}
		for _, p := range l.Policies {
			level.Policies = append(level.Policies, namedPolicy{p.Name, json.RawMessage(q.in.Source(p).Content)})
		}
		s.ServiceControlPolicies = append(s.ServiceControlPolicies, level)
	}
	return s
}

// ownTime is the CPU time of this process until now.
func ownTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic("bench: " + err.Error())
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// judge answers the questions with Accord, which have to be the answers of the other engine,
// and returns how many it answers in a second of CPU time.
func judge(questions []question, theirs []string) (rate float64, err error) {
	for i := range questions {
		j, err := questions[i].in.Judge(&questions[i].Question)
		if err != nil {
			return 0, err
		}
		if allowed := theirs[i] == "Allowed"; j.Verdict == evaluate.Depends || allowed != (j.Verdict == evaluate.Allowed) {
			return 0, fmt.Errorf("the engines differ: %s and %d for %+v", theirs[i], j.Verdict, questions[i].simulation())
		}
	}
	var rates []float64
	for range min(*rounds, asRounds) {
		n, before := 0, ownTime()
		for ownTime()-before < *length {
			for i := range questions {
				if _, err := questions[i].in.Judge(&questions[i].Question); err != nil {
					return 0, err
				}
			}
			n += len(questions)
		}
		rates = append(rates, float64(n)/(ownTime()-before).Seconds())
	}
	return median(rates), nil
}
