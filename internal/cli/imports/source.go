package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/clock"
	"accord/internal/clone"
	"accord/internal/clone/files"
	"accord/internal/clone/sdk"
	"accord/internal/ident"
	"accord/internal/secretfile"
	"accord/internal/seed"
)

// sourceFlags are the flags that say from where an organization is read.
type sourceFlags struct {
	from      string
	endpoint  string
	fromJSON  string
	profile   string
	region    string
	account   string
	saveJSON  string
	parallel  int
	mask      bool
	maskUnits bool
	maskKey   string
}

// fromAWS is the value of --from.
const fromAWS = "aws"

// maxParallel bounds the calls at a time.
const maxParallel = 256

func (s *sourceFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.from, "from", "", "read from `aws`, with the credentials and profiles of every AWS tool")
	f.StringVar(&s.endpoint, "endpoint", "", "read from another server that speaks the API, at a `URL`")
	f.StringVar(&s.fromJSON, "from-json", "", "read from the files of a `FOLDER`: of --save-json, or outputs of the AWS CLI")
	f.StringVar(&s.profile, "profile", "", "profile of the files of AWS, `NAME`")
	f.StringVar(&s.region, "region", "", "sign calls for a `REGION`")
	f.StringVar(&s.account, "account", "", "call --endpoint as an account, `ID`, where access keys are account IDs")
	f.StringVar(&s.saveJSON, "save-json", "", "keep every call in a `FOLDER`, from which an interrupted reading goes on")
	f.IntVar(&s.parallel, "parallel", clone.DefaultParallel, "make so many calls at a time, `N`")
	f.BoolVar(&s.mask, "mask", false, "replace addresses and the names of accounts")
	f.BoolVar(&s.maskUnits, "mask-units", false, "replace the names of units too")
	f.StringVar(&s.maskKey, "mask-key", "", "`FILE` with the key of the mask, which is made; it gives the same masks again")
	cli.CompleteWords(c, "from", fromAWS)
}

// check refuses flags that do not go together.
func (s *sourceFlags) check() error {
	n := 0
	for _, set := range []bool{s.from != "", s.endpoint != "", s.fromJSON != ""} {
		if set {
			n++
		}
	}
	switch {
	case s.from != "" && s.from != fromAWS:
		return &cli.Misuse{Err: fmt.Errorf("--from: %q is not aws; --endpoint names another server, --from-json a folder", s.from)}
	case n != 1:
		return &cli.Misuse{Err: errors.New("exactly one of --from aws, --endpoint URL and --from-json FOLDER says what is read")}
	case s.fromJSON != "" && s.saveJSON != "":
		return &cli.Misuse{Err: errors.New("--from-json reads what --save-json has written; give one of them")}
	case s.saveJSON != "" && (s.mask || s.maskUnits):
		return &cli.Misuse{Err: errors.New("--save-json keeps what the server answers, without a mask: mask when you read it, with --from-json")}
	case s.account != "" && s.endpoint == "":
		return &cli.Misuse{Err: errors.New("--account belongs to --endpoint; AWS is called with credentials")}
	case s.account != "" && !ident.AccountID(s.account).Valid():
		return &cli.Misuse{Err: fmt.Errorf("--account: %q is not an account ID, which has twelve digits", s.account)}
	case s.endpoint != "" && !isURL(s.endpoint):
		return &cli.Misuse{Err: fmt.Errorf("--endpoint: %q is not a URL such as http://127.0.0.1:5000", s.endpoint)}
	case s.parallel < 1 || s.parallel > maxParallel:
		return &cli.Misuse{Err: fmt.Errorf("--parallel: %d is not between 1 and %d", s.parallel, maxParallel)}
	}
	return nil
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// read reads the organization.
func (s *sourceFlags) read(ctx context.Context, c *cobra.Command) (*seed.Document, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	mask, err := s.masking()
	if err != nil {
		return nil, err
	}
	now := (&clock.System{}).Now()
	source, saver, at, err := s.open(ctx, c.ErrOrStderr(), now)
	if err != nil {
		return nil, err
	}
	p := cli.NewProgress(c.ErrOrStderr(), "calls")
	d, err := clone.Read(ctx, source, clone.Options{Parallel: s.parallel, Progress: p.Show, Now: at})
	p.Clear()
	if twice, is := errors.AsType[*clone.Contradiction](err); is && saver != nil {
		// Saved, it would be the same again.
		err = errors.Join(err, saver.Forget(twice.Operation))
	}
	switch {
	case ctx.Err() != nil && s.saveJSON != "":
		return nil, fmt.Errorf("interrupted; %s has what was read, and the same command goes on", s.saveJSON)
	case ctx.Err() != nil:
		return nil, errors.New("interrupted; with --save-json FOLDER the same command could go on")
	case err != nil && s.saveJSON != "":
		return nil, fmt.Errorf("%w; %s has what was read, and the same command goes on", err, s.saveJSON)
	case err != nil:
		return nil, err
	}
	if saver != nil {
		if err := saver.Finish(now); err != nil {
			return nil, err
		}
	}
	if mask != nil {
		mask.Apply(d)
	}
	return d, nil
}

// elsewhere says that the settings of AWS lead its calls to another server: those of accord env,
// as a rule.
func elsewhere(w io.Writer, endpoint string) {
	if endpoint != "" {
		fmt.Fprintf(w, "note: a variable or a profile of AWS names an endpoint, so the calls go to %s; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true goes to AWS\n", cli.QuoteUnprintable(endpoint))
	}
}

// open opens the source. at is when it is read, or was.
func (s *sourceFlags) open(ctx context.Context, notes io.Writer, now time.Time) (source clone.Source, saver *files.Saver, at time.Time, err error) {
	if s.fromJSON != "" {
		folder, err := files.Open(s.fromJSON)
		if err != nil {
			return nil, nil, now, &cli.Misuse{Err: err}
		}
		return folder, nil, folder.Read(), nil
	}
	server, err := sdk.Open(ctx, sdk.Options{Profile: s.profile, Region: s.region, Endpoint: s.endpoint, Account: s.account})
	var none *sdk.NoCredentials
	switch {
	case errors.As(err, &none) && s.endpoint != "":
		return nil, nil, now, &cli.Misuse{Err: fmt.Errorf("%w; --account ID calls a server without them that takes the account of the access key", err)}
	case err != nil:
		return nil, nil, now, &cli.Misuse{Err: err}
	}
	if s.from != "" {
		elsewhere(notes, server.Endpoint())
	}
	if s.saveJSON == "" {
		return server, nil, now, nil
	}
	saver, err = files.Save(server, s.saveJSON)
	if err != nil {
		return nil, nil, now, &cli.Misuse{Err: err}
	}
	return saver, saver, now, nil
}

// maskKeyBytes is how many bytes of a key of a mask are random; its text has two characters for
// each.
const maskKeyBytes = clone.MaskKeyLength / 2

// masking is the mask; nil without one. The key is random, or that of the file.
func (s *sourceFlags) masking() (*clone.Mask, error) {
	if !s.mask && !s.maskUnits {
		if s.maskKey != "" {
			return nil, &cli.Misuse{Err: errors.New("--mask-key is the key of --mask")}
		}
		return nil, nil
	}
	mask := &clone.Mask{Key: ident.NewSource().Bytes(maskKeyBytes), Units: s.maskUnits}
	if s.maskKey == "" {
		return mask, nil
	}
	text, err := secretfile.Read(s.maskKey, clone.MaskKeyLength+1)
	if errors.Is(err, fs.ErrNotExist) {
		text = fmt.Sprintf("%x", mask.Key)
		err = secretfile.Create(s.maskKey, text)
	}
	if err == nil {
		if mask.Key, err = clone.MaskKey(text); err != nil {
			err = fmt.Errorf("%s: %w", s.maskKey, err)
		}
	}
	if err != nil {
		return nil, &cli.Misuse{Err: fmt.Errorf("--mask-key: %w", err)}
	}
	return mask, nil
}
