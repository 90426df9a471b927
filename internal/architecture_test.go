package internal_test

// pkg is a package and what it may import. A package of this module that has no
// row is refused, so that each is placed on purpose; so are an import that its
// row does not name and a right that it does not use.
type pkg struct {
	// path is that of the package, from the module's root; one that ends in /...
	// stands for all below too.
	path string
	// may are the packages of this module that it may import, without internal/.
	may []string
	// modules are the modules of others that it may import.
	modules []string
	// pure packages are values and rules: they reach nothing outside of the program.
	pure bool
}

// layer is one line of the picture in ARCHITECTURE.md. Packages import packages of
// their own layer and of those below.
type layer struct {
	name     string
	packages []pkg
}

// everything lets a package import every other one of its layer and below.
const everything = "*"

// layers are the packages of the program, from the top to the bottom.
var layers = []layer{
	{"entry points", []pkg{
		{path: "cmd/accord", may: []string{everything}, modules: []string{"github.com/coreos/go-systemd/v22", "github.com/mattn/go-isatty", "github.com/spf13/cobra", "github.com/spf13/pflag"}},
		{path: "internal/cli", may: []string{"admintoken", "config", "fsync"}, modules: []string{"github.com/mattn/go-isatty", "github.com/spf13/cobra"}},
		{path: "internal/cli/imports", may: []string{"cli", "cli/documents", "clock", "clone", "clone/files", "clone/sdk", "ident", "secretfile", "seed", "seed/compare", "service/importing", "service/seeding"}, modules: []string{"github.com/spf13/cobra"}},
		{path: "internal/cli/documents", may: []string{"cli", "ident", "seed", "snapshot"}},
		{path: "internal/cli/exporting", may: []string{"cli", "cli/documents", "export", "ident", "seed"}, modules: []string{"github.com/spf13/cobra"}},
		{path: "internal/cli/snapshots", may: []string{"cli", "secretfile", "service/snapshots", "snapshot"}, modules: []string{"github.com/spf13/cobra"}},
		{path: "accordtest", may: []string{everything}},
	}},
	{"wires everything", []pkg{
		{path: "internal/app", may: []string{everything}, modules: []string{"github.com/prometheus/client_golang"}},
		{path: "internal/config", may: []string{"clock", "filelock", "ident", "origin", "quota", "behavior", "secret", "spelling", "store", "store/engine"}, modules: []string{"github.com/dustin/go-humanize", "github.com/tailscale/hujson"}},
	}},
	{"listeners", []pkg{
		{path: "internal/server", may: []string{"api", "api/orgapi", "clock", "faults", "graceful", "health", "ident", "identity", "origin", "telemetry", "throttle", "protocol", "protocol/foreign", "sigv4"}},
		{path: "internal/protocol", may: []string{"api", "graceful", "spelling"}},
		{path: "internal/protocol/awsjson", may: []string{"api", "protocol"}, modules: []string{"github.com/go-json-experiment/json"}},
		{path: "internal/protocol/awsquery", may: []string{"api", "protocol"}},
		{path: "internal/protocol/foreign", may: []string{"api", "protocol"}},
		// The operations of the registry come in as an interface; its values and
		// errors are those of the package that has the operations.
		{path: "internal/admin", may: []string{"admintoken", "clock", "explain", "faults", "graceful", "health", "iam", "ident", "initscripts", "jobs", "mail", "org", "origin", "quota", "seed", "seed/compare", "service/analysis", "service/importing", "service/organizations/policies", "service/provider", "service/seeding", "service/snapshots", "snapshot", "store", "store/lists", "strictjson", "whatif", "whatif/change", "whatif/cloudtrail", "whatif/model"}},
		{path: "internal/console", may: []string{"clientenv", "clock", "console/chart", "console/pages", "console/visit", "ident"}},
		{path: "internal/console/pages", may: []string{"api", "api/iamapi", "api/orgapi", "api/stsapi", "clientenv", "console/chart", "console/policies", "console/profile", "console/settings", "console/states", "console/visit", "handshake", "ident", "snapshot", "whatif/cloudtrail", "whatif/model"}},
		{path: "internal/console/policies", may: []string{"console/chart", "console/visit", "ident", "org", "policy", "quota", "whatif", "whatif/change"}},
		{path: "internal/console/profile", may: []string{"console/chart", "console/visit", "explain", "ident", "org", "policy", "policy/document", "policy/inherit"}},
		{path: "internal/console/settings", may: []string{"console/visit", "ident"}},
		{path: "internal/console/chart", may: []string{"console/visit", "export", "ident", "org", "seed"}},
		{path: "internal/console/states", may: []string{"console/visit", "seed/compare", "service/importing", "service/seeding", "service/snapshots", "snapshot"}},
		// It has sources of npm, of which its test makes what the console serves.
		{path: "internal/console/editor"},
		{path: "internal/console/visit", may: []string{"api/orgapi", "api/stsapi", "clientenv", "ident", "protocol/awsjson"}},
		{path: "internal/graceful"},
		{path: "internal/origin"},
		{path: "internal/certificate"},
	}},
	{"API operations", []pkg{
		{path: "internal/service/analysis", may: []string{"explain", "ident", "seed", "store", "store/models", "store/state", "whatif", "whatif/model"}},
		{path: "internal/service/seeding", may: []string{"api", "api/iamapi", "api/orgapi", "behavior", "handshake", "health", "iam", "iam/managed", "ident", "org", "page", "policy", "quota", "seed", "service/iam", "service/operation", "service/organizations", "service/provider", "store", "store/dump", "store/identities"}},
		{path: "internal/service/importing", may: []string{"clone", "ident", "seed", "seed/compare", "service/seeding"}},
		{path: "internal/service/provider", may: []string{"api/orgapi", "iam", "ident", "org", "policy", "quota", "service/operation", "service/organizations/accounts", "service/organizations/policies", "store", "store/dump", "store/identities", "store/lists"}},
		{path: "internal/service/snapshots", may: []string{"health", "ident", "secret", "seed", "service/operation", "snapshot", "spelling", "store", "store/snapshots"}},
		{path: "internal/service/organizations", may: []string{"api", "api/orgapi", "event", "handshake", "org", "page", "service/operation", "service/organizations/accounts", "service/organizations/delegation", "service/organizations/effective", "service/organizations/features", "service/organizations/handshakes", "service/organizations/policies", "service/organizations/render", "service/organizations/tags", "service/organizations/transfers", "service/organizations/tree", "store"}},
		{path: "internal/service/iam", may: []string{"api", "api/iamapi", "service/iam/account", "service/iam/groups", "service/iam/policies", "service/iam/roles", "service/iam/rootaccess", "service/iam/simulation", "service/iam/users", "service/operation", "store"}},
		{path: "internal/service/iam/simulation", may: []string{"api/iamapi", "iam", "ident", "policy", "policy/condition", "policy/document", "policy/evaluate", "policy/wildcard", "service/iam/entity", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/account", may: []string{"api", "api/iamapi", "iam", "iam/managed", "quota", "service/iam/entity", "service/iam/policies", "service/iam/roles", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/users", may: []string{"api", "api/iamapi", "iam", "ident", "quota", "service/iam/entity", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/groups", may: []string{"api/iamapi", "iam", "quota", "service/iam/entity", "service/operation", "store/identities"}},
		{path: "internal/service/iam/roles", may: []string{"api", "api/iamapi", "iam", "iam/managed", "org", "policy", "service/iam/entity", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/rootaccess", may: []string{"api/iamapi", "iam", "org", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/policies", may: []string{"api", "api/iamapi", "iam", "iam/managed", "quota", "service/iam/entity", "service/operation", "store", "store/identities"}},
		{path: "internal/service/iam/entity", may: []string{"api", "api/iamapi", "iam", "iam/managed", "ident", "org", "page", "policy", "quota", "service/operation", "store", "store/identities"}},
		{path: "internal/service/sts", may: []string{"api", "api/stsapi", "event", "iam", "iam/managed", "ident", "identity", "policy", "service/iam/rootaccess", "service/operation", "store", "store/identities"}},
		{path: "internal/service/organizations/accounts", may: []string{"api", "api/orgapi", "event", "handshake", "iam", "iam/managed", "ident", "mail", "org", "page", "quota", "service/operation", "service/organizations/effective", "service/organizations/features", "service/organizations/handshakes", "service/organizations/render", "service/organizations/tags", "store", "store/identities"}},
		{path: "internal/service/organizations/transfers", may: []string{"api", "api/orgapi", "event", "handshake", "ident", "mail", "org", "page", "quota", "service/operation", "service/organizations/handshakes", "service/organizations/render", "service/organizations/tags", "store"}},
		{path: "internal/service/organizations/features", may: []string{"api/orgapi", "event", "handshake", "iam", "iam/managed", "ident", "mail", "org", "page", "quota", "service/operation", "service/organizations/handshakes", "service/organizations/policies", "service/organizations/render", "store", "store/identities"}},
		{path: "internal/service/organizations/handshakes", may: []string{"api", "api/orgapi", "handshake", "ident", "org", "page", "service/operation", "service/organizations/render", "store"}},
		{path: "internal/service/organizations/delegation", may: []string{"api/orgapi", "ident", "org", "page", "policy", "quota", "service/operation", "service/organizations/policies", "service/organizations/render", "service/organizations/tags", "store", "store/identities"}},
		{path: "internal/service/organizations/policies", may: []string{"api", "api/orgapi", "ident", "org", "page", "policy", "policy/document", "quota", "service/operation", "service/organizations/effective", "service/organizations/render", "service/organizations/tags", "service/organizations/tree", "store"}},
		{path: "internal/service/organizations/tree", may: []string{"api", "api/orgapi", "ident", "org", "page", "quota", "service/operation", "service/organizations/effective", "service/organizations/render", "service/organizations/tags", "store"}},
		{path: "internal/service/organizations/tags", may: []string{"api/orgapi", "ident", "org", "page", "policy", "policy/inherit", "quota", "service/operation", "service/organizations/effective", "service/organizations/render", "store"}},
		{path: "internal/service/organizations/effective", may: []string{"api/orgapi", "cache", "event", "ident", "org", "page", "policy", "policy/inherit", "service/operation", "service/organizations/render", "store"}},
		{path: "internal/service/organizations/render", may: []string{"api", "api/orgapi", "handshake", "ident", "org", "policy", "policy/inherit", "service/operation", "store"}},
	}},
	{"one unit of work", []pkg{
		{path: "internal/service/operation", may: []string{"api", "api/orgapi", "authz", "behavior", "event", "handshake", "iam", "ident", "jobs", "mail", "org", "page", "policy", "policy/evaluate", "quota", "store"}},
	}},
	{"who calls; what happens later", []pkg{
		{path: "internal/authz", may: []string{"api", "api/iamapi", "api/stsapi", "behavior", "cache", "handshake", "iam", "iam/managed", "ident", "org", "policy", "policy/condition", "policy/document", "policy/evaluate", "store", "store/identities"}},
		{path: "internal/identity", may: []string{"api", "cache", "clock", "ident", "sigv4"}},
		{path: "internal/accesskey", may: []string{"api", "iam", "ident", "identity", "secret", "store", "store/identities"}},
		{path: "internal/jobs", may: []string{"clock", "ident", "store"}},
		{path: "internal/outbox", may: []string{"ident", "store"}},
		{path: "internal/journal", may: []string{"clock", "filelock", "fsync", "ident", "store"}},
		{path: "internal/backup", may: []string{"clock", "event", "fsync", "ident", "store", "store/schema"}},
		{path: "internal/snapshot", may: []string{"clock", "ident", "seed", "store", "store/dump", "store/engine", "store/schema", "store/state", "strictjson"}},
		{path: "internal/readiness", may: []string{"diskspace", "health", "store", "store/engine", "store/schema"}, modules: []string{"github.com/dustin/go-humanize", "golang.org/x/sys"}},
		{path: "internal/timekeeper", may: []string{"clock", "health", "store", "store/engine"}},
	}},
	{"rows of the domain; a folder for each engine", []pkg{
		{path: "internal/store", may: []string{"clock", "handshake", "health", "ident", "org", "page", "store/engine", "store/kept", "store/postgres", "store/rowcheck", "store/schema", "store/sqlite"}},
		{path: "internal/store/identities", may: []string{"iam", "ident", "org", "store"}},
		{path: "internal/store/dump", may: []string{"ident", "store"}},
		{path: "internal/store/snapshots", may: []string{"store"}},
		{path: "internal/store/kept", pure: true},
		{path: "internal/store/lists", may: []string{"ident", "org", "store"}},
		{path: "internal/store/models", may: []string{"ident", "org", "policy", "store", "store/identities", "whatif/model"}},
		{path: "internal/store/state", may: []string{"handshake", "iam", "iam/managed", "ident", "org", "policy", "seed", "store", "store/identities"}},
		{path: "internal/store/schema", may: []string{"store/engine"}, modules: []string{"github.com/pressly/goose/v3"}},
		{path: "internal/store/rowcheck", may: []string{"store/engine"}},
		{path: "internal/store/postgres", may: []string{"health", "store/engine"},
			modules: []string{"github.com/jackc/pgx/v5", "github.com/pressly/goose/v3"}},
		{path: "internal/store/sqlite", may: []string{"diskspace", "filelock", "fsync", "health", "sqlite", "store/engine"},
			modules: []string{"github.com/pressly/goose/v3", "modernc.org/sqlite"}},
		{path: "internal/store/engine", modules: []string{"github.com/pressly/goose/v3"}},
	}},
	{"SQLite, without the data", []pkg{
		{path: "internal/sqlite", may: []string{"filelock"}, modules: []string{"zombiezen.com/go/sqlite"}},
	}},
	{"around a request", []pkg{
		{path: "internal/health", may: []string{"clock"}},
		{path: "internal/faults", may: []string{"api", "ident", "spelling", "strictjson"}},
		{path: "internal/throttle", modules: []string{"golang.org/x/time"}},
		{path: "internal/telemetry", modules: []string{"github.com/prometheus/client_golang"}},
	}},
	{"organizations as documents", []pkg{
		{path: "internal/export", pure: true, may: []string{"policy/document", "seed", "spelling"}},
		{path: "internal/seed", pure: true, may: []string{"api/orgapi", "ident", "policy", "quota", "spelling"}, modules: []string{"github.com/go-json-experiment/json", "go.yaml.in/yaml/v3"}},
		{path: "internal/seed/compare", pure: true, may: []string{"seed"}},
		{path: "internal/clone", pure: true, may: []string{"org", "policy", "quota", "seed"}},
		{path: "internal/clone/files", may: []string{"clone"}},
		// The modules of AWS are linked into the program alone: nothing that accordtest imports
		// may import this package.
		{path: "internal/clone/sdk", may: []string{"clone"}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"}},
	}},
	{"changes that are tried", []pkg{
		{path: "internal/explain", pure: true, may: []string{"ident", "org", "policy", "policy/condition", "policy/evaluate", "spelling", "whatif/cloudtrail", "whatif/model"}},
		{path: "internal/whatif", pure: true, may: []string{"ident", "org", "policy", "policy/condition", "policy/evaluate", "policy/inherit", "whatif/change", "whatif/cloudtrail", "whatif/model"}},
		{path: "internal/whatif/render", pure: true, may: []string{"whatif", "whatif/cloudtrail"}},
		{path: "internal/whatif/files", may: []string{"whatif/change", "whatif/cloudtrail"}},
		{path: "internal/whatif/change", pure: true, may: []string{"ident", "org", "policy", "policy/document", "spelling", "whatif/model"}, modules: []string{"go.yaml.in/yaml/v3"}},
		{path: "internal/whatif/cloudtrail", pure: true, may: []string{"ident", "policy/condition", "policy/evaluate", "policy/wildcard", "whatif/model"}},
		{path: "internal/whatif/model", pure: true, may: []string{"iam", "iam/managed", "ident", "org", "policy", "policy/condition", "policy/document", "policy/evaluate", "policy/wildcard"}},
	}},
	{"domain types and rules", []pkg{
		{path: "internal/iam", pure: true, may: []string{"ident"}},
		{path: "internal/iam/managed", pure: true, may: []string{"iam", "ident"}},
		{path: "internal/org", pure: true, may: []string{"ident", "handshake"}},
		{path: "internal/handshake", pure: true, may: []string{"ident"}},
		{path: "internal/policy", pure: true, may: []string{"api/orgapi", "ident", "org", "policy/condition", "policy/document", "policy/inherit", "policy/wildcard"}},
		{path: "internal/policy/condition", pure: true, may: []string{"policy/wildcard"}},
		{path: "internal/policy/document", pure: true},
		{path: "internal/policy/evaluate", pure: true, may: []string{"ident", "policy", "policy/condition", "policy/document", "policy/wildcard"}},
		{path: "internal/policy/inherit", pure: true, may: []string{"ident", "org", "policy/document", "spelling"}},
		{path: "internal/policy/wildcard", pure: true},
		{path: "internal/quota", pure: true, may: []string{"org", "policy", "spelling"}},
		{path: "internal/event", pure: true, may: []string{"api", "ident", "org"}},
		{path: "internal/mail", pure: true, may: []string{"ident", "org", "handshake"}},
		{path: "internal/page", pure: true},
		{path: "internal/sigv4", pure: true, may: []string{"cache"}},
	}},
	{"tables and vocabulary", []pkg{
		{path: "internal/behavior", pure: true, may: []string{"api", "clock", "ident", "spelling"}},
		{path: "internal/api"},
		{path: "internal/api/iamapi", pure: true, may: []string{"api"}},
		{path: "internal/api/orgapi", pure: true, may: []string{"api"}},
		{path: "internal/api/stsapi", pure: true, may: []string{"api"}},
	}},
	{"identifiers, time, spelling, variables, locks, disks", []pkg{
		{path: "internal/ident", pure: true},
		{path: "internal/clock"},
		{path: "internal/cache", pure: true},
		{path: "internal/diskspace", modules: []string{"golang.org/x/sys"}},
		{path: "internal/spelling", pure: true},
		{path: "internal/clientenv", pure: true},
		{path: "internal/machine", modules: []string{"github.com/KimMachineGun/automemlimit"}},
		{path: "internal/initscripts"},
		{path: "internal/strictjson", modules: []string{"github.com/go-json-experiment/json"}},
		{path: "internal/admintoken", may: []string{"ident", "secretfile"}},
		{path: "internal/secret", may: []string{"ident", "secretfile"}},
		{path: "internal/secretfile", may: []string{"fsync"}},
		{path: "internal/fsync"},
		{path: "internal/filelock", modules: []string{"github.com/gofrs/flock", "golang.org/x/sys"}},
	}},
}

// besides are the packages that are no part of the program: the generators, and
// what only tests use.
var besides = []pkg{
	// Patterns become values of a type of the vocabulary.
	{path: "cmd/apigen", may: []string{"api"}},
	{path: "cmd/settingsdoc", may: []string{everything}},
	{path: "cmd/ociimage", modules: []string{"github.com/google/go-containerregistry"}},
	{path: "internal"},
	{path: "internal/store/storetest", may: []string{"clock", "handshake", "iam", "ident", "org", "page", "store", "store/dump", "store/engine", "store/identities", "store/lists"}, modules: []string{"github.com/google/go-cmp"}},
	{path: "internal/app/apptest", may: []string{everything}, modules: []string{"github.com/aws/aws-sdk-go-v2"}},
	{path: "test/require"},
	{path: "test/postgres", may: []string{"test/require"}, modules: []string{"github.com/jackc/pgx/v5"}},
	{path: "test/npm", may: []string{"test/require"}},
	{path: "test/pages"},
	{path: "test/docs", may: []string{everything}},
	{path: "test/process", modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/creack/pty"}},
	// It reads model/ and shares nothing with what was generated from it.
	{path: "test/facts"},
	{path: "test/evidence", may: []string{everything}},
	{path: "packaging", may: []string{everything}},
	{path: "test/torture"},
	{path: "test/status", may: []string{everything}},
	{path: "test/sdk"},
	{path: "test/golden", may: []string{everything}},
	{path: "test/conformance", may: []string{everything}},
	{path: "test/history", may: []string{everything}},
	{path: "test/bench", may: []string{everything}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/jackc/pgx/v5", "modernc.org/sqlite"}},
	{path: "test/browser", may: []string{everything}},
	{path: "test/console", may: []string{everything}},
	{path: "test/network", may: []string{everything}},
	{path: "test/durability", may: []string{everything}, modules: []string{"github.com/jackc/pgx/v5", "modernc.org/sqlite"}},
	{path: "test/upgrade", may: []string{everything}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "modernc.org/sqlite"}},
	{path: "test/clients/...", may: []string{everything}},
}

// testModules are the modules that every test may import besides its package's.
var testModules = []string{
	"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/evanw/esbuild", "github.com/google/go-cmp",
	"github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty", "go.uber.org/goleak", "pgregory.net/rapid",
}

// outside are the packages by which a program reaches what is around it.
var outside = []string{
	"crypto/tls", "database/sql", "log", "log/slog", "net", "net/http", "net/smtp", "os", "os/exec", "syscall",
}

// reserved are packages that only the named ones may import, whatever their rows say.
var reserved = []struct {
	imports []string
	to      []string
	why     string
}{
	{[]string{"database/sql", "database/sql/driver"}, []string{"internal/sqlite", "internal/store", "internal/store/dump", "internal/store/identities", "internal/store/postgres", "internal/store/sqlite", "internal/store/state", measuring},
		"SQL is in the store and its engines; the benchmark measures an engine alone"},
	{[]string{"net/smtp"}, nil, "mail leaves through the outbox"},
	{[]string{"math/rand", "math/rand/v2", "crypto/rand"}, []string{"internal/certificate", "internal/ident", "internal/faults", "test/postgres", measuring},
		"randomness comes from ident.Source, so that a seed repeats a run; a fault has a seed of its own, and keys of TLS have none"},
	{[]string{"testing"}, []string{"internal/store/storetest", "internal/app/apptest", "test/require", "test/npm", "test/postgres", "test/process", "accordtest"},
		"a program holds no test"},
	{[]string{"unsafe"}, nil, "nothing needs it"},
}
