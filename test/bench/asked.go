//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	asAccounts = 1000
	// asRounds bounds the rounds, which take seconds each.
	asRounds = 3
)

// Policies that are tried: one changes a few answers, the other all.
const (
	denyAll  = `{"Version":"2012-10-17","Statement":{"Sid":"All","Effect":"Deny","Action":"*","Resource":"*"}}`
	denyLogs = `{"Version":"2012-10-17","Statement":{"Sid":"Logs","Effect":"Deny","Action":["cloudtrail:*","ec2:CreateTags"],"Resource":"*"}}`
	// guardrails bind the units.
	guardrails = `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"Regions","Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin*"}}},` +
		`{"Sid":"Logs","Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail","config:Delete*"],"Resource":"*"},` +
		`{"Sid":"Leave","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`
)

// asked is an organization that what-ifs are asked about.
type asked struct {
	*bench
	server *process
	admin  string
	// organization is its ID, accounts are the members.
	organization string
	accounts     []string
}

func (a *asked) path(name string) string { return filepath.Join(a.folder, name) }

func (a *asked) write(files map[string]string) error {
	for name, text := range files {
		if err := os.WriteFile(a.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// found makes the organization: members in ten units, each with the role of its creation and
// a user, who may do everything.
func (a *asked) found() error {
	f, err := newBuilder(a.server)
	if err != nil {
		return err
	}
	defer f.disconnect()
	if err := f.begin(); err != nil {
		return err
	}
	if err := f.do("DescribeOrganization", `{}`); err != nil {
		return err
	}
	a.organization = f.connections[0].text("Id")
	guard, err := f.made("CreatePolicy", drafting(serviceControl, "Guardrails", guardrails))
	if err != nil {
		return err
	}
	for i := range 10 {
		unit, err := f.made("CreateOrganizationalUnit", naming(f.root, fmt.Sprintf("Unit %d", i)))
		if err == nil {
			f.units, err = append(f.units, unit), f.do("AttachPolicy", attaching(guard, unit))
		}
		if err != nil {
			return err
		}
	}
	a.accounts = make([]string, asAccounts)
	o := &restricted{server: a.server}
	return f.all(asAccounts, func(c *connection, i int) error {
		if err := c.call(manager, "CreateAccount", fmt.Sprintf(`{"AccountName":"Account %d","Email":"account%d@example.com"}`, i, i)); err != nil {
			return err
		}
		id := c.text("AccountId")
		a.accounts[i] = id
		signatures.identify(id, aws.Credentials{AccessKeyID: id, SecretAccessKey: "anything"})
		for _, call := range []string{"Action=CreateUser&UserName=eva", "Action=AttachUserPolicy&UserName=eva&PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess"} {
			if _, err := o.query(id, "iam", "2010-05-08", call); err != nil {
				return err
			}
		}
		return c.call(manager, "MoveAccount", moving(id, f.root, f.units[i%len(f.units)]))
	})
}

// cost is what one command took.
type cost struct {
	cpu       time.Duration
	memory    int64
	questions int
}

// summary is the end of a report.
var summary = regexp.MustCompile(`(\d+) questions\)?\n$`)

// ask runs accord whatif on the core of the server, and returns the medians of all rounds.
func (a *asked) ask(args ...string) (cost, error) {
	var cpu, memory []float64
	c := cost{}
	for range min(*rounds, asRounds) {
		run := pinnedCommand(a.binary, append([]string{"whatif", "--admin", a.admin, "--organization", a.organization, "--fail-on", "none"}, args...)...)
		out, err := run.Output()
		if err != nil {
			var ended *exec.ExitError
			if errors.As(err, &ended) {
				err = fmt.Errorf("%w: %s", err, ended.Stderr)
			}
			return c, err
		}
		found := summary.FindSubmatch(out)
		if found == nil {
			return c, fmt.Errorf("the report has no summary: %.200q", out)
		}
		c.questions, _ = strconv.Atoi(string(found[1]))
		used := run.ProcessState.SysUsage().(*syscall.Rusage)
		cpu = append(cpu, float64(run.ProcessState.UserTime()+run.ProcessState.SystemTime()))
		memory = append(memory, float64(used.Maxrss<<10))
	}
	c.cpu, c.memory = time.Duration(median(cpu)), int64(median(memory))
	return c, nil
}

func (c cost) perQuestion() float64 { return float64(c.cpu) / float64(c.questions) }

func (c cost) cells() []string {
	return []string{strconv.Itoa(c.questions), fmt.Sprintf("%.2f s", c.cpu.Seconds()), fmt.Sprintf("%.2f µs", c.perQuestion()/1000), fmt.Sprintf("%d MB", c.memory>>20)}
}
