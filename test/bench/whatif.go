//go:build linux

package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"accord/internal/whatif/cloudtrail"
)

// The sizes and the targets of the part whatif.
const (
	asActions = 250
	// asTarget is how long all questions may take, and asMemory how much memory.
	asTarget = 3 * time.Second
	asMemory = 200 << 20
	// recordsTarget is how long so many recorded calls may take.
	recorded      = 100_000
	recordsTarget = 10 * time.Second
	// linearTarget is what a question may cost in a large run, in those of a small one. [the
	// noise of a run]
	linearTarget = 1.2
)

// whatIf measures accord whatif, the whole command on one core: questions about actions, and
// recorded calls in files of all forms.
func (b *bench) whatIf() error {
	a := &asked{bench: b}
	var err error
	if a.server, err = b.serve("memory", "--behavior=create-account=synchronous"); err != nil {
		return err
	}
	a.admin = <-a.server.admin
	if err := a.found(); err != nil {
		return err
	}
	var names []string
	for _, action := range cloudtrail.Actions()[:asActions] {
		names = append(names, action.Name)
	}
	if err := a.write(map[string]string{"few.json": denyLogs, "all.json": denyAll, "guard.json": guardrails, "actions.txt": strings.Join(names, "\n")}); err != nil {
		return err
	}
	return errors.Join(a.questions(), a.records(), a.beside())
}

// questions measures questions about actions, of all accounts, of half of them and of a quarter.
func (a *asked) questions() error {
	var rows [][]string
	var small cost
	for _, m := range []struct {
		what, policy string
		accounts     int
	}{
		{"a few answers change", "few.json", asAccounts / 4}, {"a few answers change", "few.json", asAccounts / 2},
		{"a few answers change", "few.json", asAccounts}, {"all answers change", "all.json", asAccounts},
	} {
		c, err := a.ask("--attach", a.path(m.policy), "--target", "root", "--actions", a.path("actions.txt"), "--regions", "eu-west-1", "--accounts", strings.Join(a.accounts[:m.accounts], ","))
		if err != nil {
			return err
		}
		if small.questions == 0 {
			small = c
		}
		mark := ""
		if m.accounts == asAccounts {
			grown := c.perQuestion() / small.perQuestion()
			met := c.cpu < asTarget && c.memory < asMemory && (m.policy != "few.json" || grown < linearTarget)
			mark = a.target(fmt.Sprintf("a what-if, %s, within %s and %d MB, and linear: %.2f s, %d MB, %.2f times a quarter", m.what, asTarget, asMemory>>20, c.cpu.Seconds(), c.memory>>20, grown), met)
		}
		rows = append(rows, append(append([]string{strconv.Itoa(m.accounts), m.what}, c.cells()...), mark))
	}
	a.table(fmt.Sprintf("accord whatif: %d actions for two principals of each account, before and after; the command with all that it reads, on one core", asActions),
		[]string{"accounts", "what", "questions", "CPU time", "each", "memory", "target"}, rows)
	return nil
}

// trailRecord is a record as CloudTrail writes it; with a number, and an account four times.
const trailRecord = `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:s","arn":"arn:aws:sts::%[2]s:assumed-role/Deploy/s","accountId":"%[2]s","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::%[2]s:role/Deploy","accountId":"%[2]s","userName":"Deploy"},"attributes":{"creationDate":"2026-01-05T08:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-01-05T08:30:00Z","eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.31.0 md/Botocore#1.40 ua/2.1 os/linux","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]},"force":false},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}}]}},"requestID":"r-%[1]d","eventID":"e-%[1]d","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%[2]s","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.eu-central-1.amazonaws.com"}}`

// trail writes so many records in a form: lines, or the JSON of a bucket.
func (a *asked) trail(w io.Writer, n int, isBucket bool) error {
	begin, between, end := "", "\n", "\n"
	if isBucket {
		begin, between, end = `{"Records":[`, ",", "]}"
	}
	for i := range n {
		if _, err := fmt.Fprintf(w, begin+trailRecord, i, a.accounts[i%len(a.accounts)]); err != nil {
			return err
		}
		begin = between
	}
	_, err := io.WriteString(w, end)
	return err
}

// records measures recorded calls, in one file of each form.
func (a *asked) records() error {
	var rows [][]string
	var small cost
	for _, m := range []struct {
		what, name string
		records    int
		isBucket   bool
	}{
		{"a record a line", "small.ndjson", recorded / 10, false}, {"a record a line", "large.ndjson", recorded, false},
		{"of a bucket", "large.json", recorded, true}, {"of a bucket, compressed", "large.json.gz", recorded, true},
	} {
		file, err := os.Create(a.path(m.name))
		if err != nil {
			return err
		}
		var to io.WriteCloser = file
		if strings.HasSuffix(m.name, ".gz") {
			to = gzip.NewWriter(file)
		}
		err = a.trail(to, m.records, m.isBucket)
		info, _ := file.Stat()
		if to != file {
			err = errors.Join(err, to.Close())
		}
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		c, err := a.ask("--attach", a.path("guard.json"), "--target", "root", "--events", a.path(m.name))
		if err != nil {
			return err
		}
		if c.questions != m.records {
			return fmt.Errorf("%d of %d records were asked again", c.questions, m.records)
		}
		mark := ""
		if m.records == recorded {
			grown := c.perQuestion() / small.perQuestion()
			met := c.cpu < recordsTarget && c.memory < asMemory && (m.name != "large.ndjson" || grown < linearTarget)
			mark = a.target(fmt.Sprintf("%d records, %s, within %s and %d MB, and linear: %.2f s, %d MB, %.2f times a tenth", recorded, m.what, recordsTarget, asMemory>>20, c.cpu.Seconds(), c.memory>>20, grown), met)
		} else {
			small = c
		}
		rows = append(rows, append(append([]string{m.what, fmt.Sprintf("%d MB", info.Size()>>20)}, c.cells()...), mark))
	}
	a.table("accord whatif --events: recorded calls in one file, on one core", []string{"file", "size", "records", "CPU time", "each", "memory", "target"}, rows)
	return nil
}
