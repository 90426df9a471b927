package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/admintoken"
	"accord/internal/certificate"
	"accord/internal/cli"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/health"
	"accord/internal/readiness"
)

func checkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the settings, the store and the machine, without changing anything",
		Long: "Checks what serve needs, without changing anything: the settings, the store and its schema, the permissions of\n" +
			"files for the user that runs it, free disk space, and the clock. A file of SQLite is read as a whole. Give it\n" +
			"the settings of the server.\n" +
			"Exit status 0: serve can start. 1: it cannot, with what is wrong and what helps. 2: a setting is not valid.",
		Example: "  accord check --config accord.json",
		Args:    cli.Arguments(cobra.NoArgs),
	}
	load := settingFlags(c)
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		options, flush := engineOptions(c, loaded)
		defer flush()
		results := []health.NamedResult{{Name: "user", Result: userResult()}, {Name: "settings", Result: health.Result{Status: health.OK}}}
		for _, warning := range loaded.Warnings {
			results = append(results, health.NamedResult{Name: "settings", Result: health.Result{Status: health.Warning, Message: warning}})
		}
		results = append(results, readiness.Before(c.Context(), readiness.BeforeOptions{
			Store: loaded.Store, Engine: options, Files: filesOf(loaded), MinFree: loaded.MinFreeSpace, Now: (&clock.System{}).Now(),
		})...)
		results = append(results, contentsOf(loaded)...)
		if err := printChecks(c.OutOrStdout(), results, *asJSON); err != nil {
			return err
		}
		for _, result := range results {
			if result.Status == health.Failed {
				return errors.New("a check failed")
			}
		}
		return nil
	}
	return c
}

// userResult says with whose rights the files are checked. Those of root say nothing of what
// another user may do.
func userResult() health.Result {
	id := os.Geteuid()
	if id < 0 {
		return health.Result{Status: health.OK, Value: "this user"} // Windows has no numbers.
	}
	name := strconv.Itoa(id)
	if found, err := user.LookupId(name); err == nil {
		name = found.Username
	}
	r := health.Result{Status: health.OK, Value: name}
	if id == 0 {
		r.Status = health.Warning
		r.Message = "root may do everything, so that the permissions of another user of the server were not checked: run this as that user, " +
			"such as with runuser -u USER -- accord check"
	}
	return r
}

// filesOf are the files of a server besides its store.
func filesOf(c config.Config) []readiness.File {
	return []readiness.File{
		{Setting: "store-password-file", Path: c.StorePasswordFile, Secret: true},
		{Setting: "journal", Path: c.Journal, Written: true, Secret: true},
		{Setting: "admin-token-file", Path: c.AdminTokenFile, Written: true, Secret: true},
		{Setting: "secret-key-file", Path: c.SecretKeyFile, Written: true, Secret: true},
		{Setting: "root-key-file", Path: c.RootKeyFile, Written: true, Secret: true},
		{Setting: "tls-cert", Path: c.TLSCertificate},
		{Setting: "tls-key", Path: c.TLSKey, Secret: true},
	}
}

// contentsOf are the files whose content serve would refuse at its start.
func contentsOf(c config.Config) []health.NamedResult {
	var all []health.NamedResult
	add := func(setting string, err error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = append(all, health.NamedResult{Name: setting, Result: health.Result{Status: health.Failed, Message: err.Error()}})
		}
	}
	if c.TLSCertificate != "" {
		_, err := certificate.Load(c.TLSCertificate, c.TLSKey, slog.New(slog.DiscardHandler))
		add("tls-cert", err)
	}
	if c.AdminTokenFile != "" {
		_, err := admintoken.Read(c.AdminTokenFile)
		add("admin-token-file", err)
	}
	return all
}

// printChecks prints one line for each result, or JSON.
func printChecks(w io.Writer, results []health.NamedResult, asJSON bool) error {
	if asJSON {
		return cli.PrintJSON(w, results)
	}
	for _, result := range results {
		text := result.Value
		if result.Message != "" {
			text = strings.TrimPrefix(text+"; "+result.Message, "; ")
		}
		if _, err := fmt.Fprintf(w, "%-8s %s\n", result.Status, joinNonEmpty("", result.Name, strings.Join(strings.Fields(text), " "))); err != nil {
			return err
		}
	}
	return nil
}
