// Package snapshots has the commands about the snapshots of a server.
package snapshots

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/secretfile"
	"accord/internal/service/snapshots"
	"accord/internal/snapshot"
)

// Command returns the commands. group makes a command that only has subcommands.
func Command(group func(c *cobra.Command, of ...*cobra.Command) *cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: "snapshot", Short: "Save the state of a server, and go back to it",
		Long: "Saves the state of a server under a name, which it keeps in its store, or in a file, and goes back to it. A\n" +
			"file can be loaded by any server, with any store.",
		Example: "  accord snapshot save base\n  accord snapshot load base\n  accord snapshot save --file base.snapshot\n" +
			"  accord snapshot load --file base.snapshot",
	}
	admin := cli.NewClient(c)
	return group(c, append(admin.WithJSON(save(admin), load(admin), list(admin), show(admin)), remove(admin))...)
}

// target are the name and the file that a command is about.
type target struct {
	name, file string
}

// nameOrFile adds the flag of a file, and has a command take a name, or the flag, or both.
func nameOrFile(c *cobra.Command, admin *cli.Client, usage string, both bool) *target {
	of := &target{}
	c.Flags().StringVar(&of.file, "file", "", usage)
	c.ValidArgsFunction = names(admin, 1)
	c.Args = cli.Arguments(func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) > 1:
			return errors.New("one name is expected")
		case len(args) == 0 && of.file == "" || len(args) == 1 && args[0] == "":
			return errors.New("a name, or --file FILE, is expected")
		case len(args) == 1 && of.file != "" && !both:
			return errors.New("either a name or --file FILE is expected")
		}
		of.name = strings.Join(args, "")
		return nil
	})
	return of
}

func save(admin *cli.Client) *cobra.Command {
	c := &cobra.Command{
		Use: "save [NAME]", Short: "Save the state under a name, in a file, or both",
		Long: "Saves the state of one instant, also while others call the server: under a name in the store of the server,\n" +
			"with --file in a file of this machine, or both. The secrets of access keys stay encrypted with the secret key\n" +
			"of the server.",
	}
	of := nameOrFile(c, admin, "write a `FILE`; without a NAME the server keeps nothing", true)
	without := c.Flags().Bool("without-secrets", false, "leave the access keys of users out")
	force := c.Flags().Bool("force", false, "replace the snapshot of the name, and the file")
	c.RunE = func(c *cobra.Command, _ []string) error {
		path := "/snapshot?secrets=" + fmt.Sprint(!*without)
		var header snapshot.Header
		var answer any = &header
		if of.name != "" {
			path = "/snapshots/" + url.PathEscape(of.name) + "/file"
			var entry snapshots.Entry
			in := map[string]any{"name": of.name, "secrets": !*without, "replace": *force}
			if err := admin.Call(c.Context(), http.MethodPost, "/snapshots", in, &entry); err != nil {
				return err
			}
			header, answer = entry.Header, entry
		}
		if of.file != "" {
			file, err := admin.Send(c.Context(), http.MethodGet, path, "", nil)
			if err != nil {
				return err
			}
			if header, err = snapshot.DecodeHeader(file); err != nil {
				return fmt.Errorf("the file that the server sent: %w", err)
			}
			if err := writeFile(of.file, file, *force); err != nil {
				return err
			}
		}
		return admin.Show(c, answer, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s: %s\n", strings.Join(strings.Fields(of.name+" "+of.file), " "), describe(header))
			return err
		})
	}
	return c
}

// writeFile writes a file that others cannot read, as a whole.
func writeFile(path string, file []byte, replace bool) error {
	err := secretfile.Create(path, string(file))
	switch {
	case errors.Is(err, fs.ErrExist) && replace:
		return secretfile.Replace(path, string(file))
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists; --force replaces it", path)
	}
	return err
}

func load(admin *cli.Client) *cobra.Command {
	c := &cobra.Command{
		Use: "load [NAME]", Short: "Make the state of a server that of a snapshot",
		Long: "Makes the state of a server that of a snapshot, in one transaction: whatever is not in the snapshot is deleted,\n" +
			"apart from snapshots, settings and event records. A virtual clock goes to the instant of the snapshot. With\n" +
			"NAME and --file, the file gets the name first.",
	}
	of := nameOrFile(c, admin, "load a `FILE`", true)
	without := c.Flags().Bool("without-secrets", false, "leave the access keys of users out")
	force := c.Flags().Bool("force", false, "with NAME and --file, replace the snapshot of the name")
	c.RunE = func(c *cobra.Command, _ []string) error {
		const kind = "application/octet-stream"
		var file []byte
		if of.file != "" {
			var err error
			if file, _, err = read(of.file, snapshot.DecodeHeader); err != nil {
				return err
			}
		}
		var loaded snapshots.Loaded
		switch {
		case of.name == "":
			data, err := admin.Send(c.Context(), http.MethodPut, "/snapshot?secrets="+fmt.Sprint(!*without), kind, file)
			if err == nil {
				err = json.Unmarshal(data, &loaded)
			}
			if err != nil {
				return err
			}
		case of.file != "":
			if _, err := admin.Send(c.Context(), http.MethodPut, "/snapshots/"+url.PathEscape(of.name)+"?replace="+fmt.Sprint(*force), kind, file); err != nil {
				return err
			}
			fallthrough
		default:
			in := map[string]bool{"secrets": !*without}
			if err := admin.Call(c.Context(), http.MethodPost, "/snapshots/"+url.PathEscape(of.name)+"/load", in, &loaded); err != nil {
				return err
			}
		}
		return admin.Show(c, loaded, func(w io.Writer) error { return WriteLoaded(w, loaded) })
	}
	return c
}

// read reads the file of a snapshot, and decodes as much of it as is asked for.
func read[T any](path string, decode func([]byte) (T, error)) (file []byte, decoded T, err error) {
	if file, err = snapshot.ReadFile(path); err != nil {
		return nil, decoded, &cli.Misuse{Err: err}
	}
	if decoded, err = decode(file); err != nil {
		return nil, decoded, &cli.Misuse{Err: fmt.Errorf("%s: %w", path, err)}
	}
	return file, decoded, nil
}

// WriteLoaded says what was loaded, and what is not as it was.
func WriteLoaded(w io.Writer, l snapshots.Loaded) error {
	_, err := fmt.Fprintln(w, l.Summary())
	for _, d := range l.Differences {
		_, err = fmt.Fprintf(w, "note: %s %s is %s here, and was %s\n", d.Kind, d.Name, d.Server, d.Snapshot)
	}
	return err
}

func list(admin *cli.Client) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the snapshots that a server keeps", Args: cli.Arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			entries, err := kept(c.Context(), admin)
			if err != nil {
				return err
			}
			return admin.Show(c, entries, func(w io.Writer) error {
				table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "NAME\tSTATE OF\tACCOUNTS\tORGANIZATIONS\tBYTES\tSAVED")
				for _, e := range entries {
					fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%s\n", e.Name, e.At.Format(time.RFC3339), e.Rows["accounts"], e.Rows["organizations"],
						e.Size, e.Saved.Format(time.RFC3339))
				}
				return table.Flush()
			})
		},
	}
}

func show(admin *cli.Client) *cobra.Command {
	c := &cobra.Command{Use: "show [NAME]", Short: "Show what is in a snapshot; a file is checked, and needs no server"}
	of := nameOrFile(c, admin, "show a `FILE`", false)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if of.file == "" {
			var entry snapshots.Entry
			if err := admin.Call(c.Context(), http.MethodGet, "/snapshots/"+url.PathEscape(of.name), nil, &entry); err != nil {
				return err
			}
			return admin.Show(c, entry, func(w io.Writer) error { return writeHeader(w, entry.Header) })
		}
		_, whole, err := read(of.file, snapshot.Decode)
		if err != nil {
			return err
		}
		return admin.Show(c, whole.Header, func(w io.Writer) error { return writeHeader(w, whole.Header) })
	}
	return c
}

func remove(admin *cli.Client) *cobra.Command {
	return &cobra.Command{
		Use: "delete NAME…", Short: "Delete snapshots that a server keeps",
		Args: cli.Arguments(func(c *cobra.Command, all []string) error {
			if slices.Contains(all, "") {
				return errors.New("a name is expected")
			}
			return cobra.MinimumNArgs(1)(c, all)
		}),
		ValidArgsFunction: names(admin, 0),
		RunE: func(c *cobra.Command, all []string) error {
			var empty struct{}
			for _, name := range all {
				if err := admin.Call(c.Context(), http.MethodDelete, "/snapshots/"+url.PathEscape(name), nil, &empty); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
