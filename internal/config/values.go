package config

import (
	"log/slog"
	"time"

	"accord/internal/behavior"
	"accord/internal/ident"
	"accord/internal/quota"
	"accord/internal/secret"
	"accord/internal/store"
)

// Config is the settings in force.
type Config struct {
	// Listen is the address of the API, as host:port; port 0 picks a free port.
	Listen string
	// AdminListen is the address of the admin API, or unix:///PATH.
	AdminListen string
	// AdminTokenFile is the file with the token of the admin API; empty for none.
	AdminTokenFile string
	// AdminHosts are further names of hosts by which the admin API may be called.
	AdminHosts []string
	// AllowOrigins are the origins of the web pages that may use the API.
	AllowOrigins []string
	// TLSSelfSigned answers the API with a certificate made at the start, and writes
	// the one that clients have to trust to the file TLSAuthority.
	TLSSelfSigned bool
	TLSAuthority  string
	// TLSCertificate and TLSKey are files; both or none are set.
	TLSCertificate, TLSKey string
	// MaxConnections is how many connections of the API may be open at once, and
	// BodyMemory the bytes that the bodies of requests may take together; 0 stands for
	// what the machine allows.
	MaxConnections int
	BodyMemory     int64
	// Store names the store, as store.Open takes it. It may hold a password.
	Store string
	// StorePasswordFile has the password of the store; empty for none.
	StorePasswordFile string
	// StoreWait bounds how long the start waits for the store.
	StoreWait time.Duration
	// StoreCheck says when the file of a store is read as a whole at the start.
	StoreCheck string
	// StoreNetworkFile permits the file of a store on a file system of the network.
	StoreNetworkFile bool
	// MinFreeSpace is how many bytes the file system of a SQLite store has to have left.
	MinFreeSpace uint64
	// Snapshots and SnapshotSpace bound the number of named snapshots, and the bytes that
	// their files take together.
	Snapshots     int
	SnapshotSpace int64
	// AcceptClock lets the time of the service go back to that of the system at the start.
	AcceptClock bool
	// Auth says whose calls are taken.
	Auth Auth
	// SecretKeyFile is the file with the keys that encrypt secrets, and SecretKeys are
	// those keys themselves; at most one of them is set.
	SecretKeyFile string
	SecretKeys    []secret.Key
	// RootKeyFile is where the first access key is written; empty for nowhere.
	RootKeyFile string
	// DefaultAccount is the account of callers whose access key ID is not an account
	// ID.
	DefaultAccount ident.AccountID
	// Clock is the kind of the clock.
	Clock Clock
	// Seed is the file of the accounts and organizations that are made at the start; empty
	// for none.
	Seed string
	// Init is the folder of the scripts that run when the server is ready; empty for none.
	// InitErrors says what one that fails does.
	Init       string
	InitErrors InitErrors
	// RandomSeed is what IDs, keys and tokens are drawn from; nil for the randomness of the
	// system.
	RandomSeed *uint64
	// Behavior holds the values of the behaviors.
	Behavior behavior.Set
	// BehaviorSettings are the behaviors that were given, name to value.
	BehaviorSettings map[string]string
	// Origins say where the values in force were set.
	Origins Origins
	// Quotas holds the numbers of the quotas.
	Quotas *quota.Set
	// Journal is the file for event records; empty for none.
	Journal string
	// JournalRotation says when a new file is begun.
	JournalRotation Rotation
	// LogFormat and LogLevel are the format of the log and its minimum level.
	LogFormat LogFormat
	LogLevel  slog.Level
	// AdminWrites allows changes through the admin API.
	AdminWrites bool
	// Warnings are for whoever starts the server: the settings are valid, and not wise.
	Warnings []string
	// File is the configuration file that was read; empty for none.
	File string
}

// Rotation says when a new file of the journal is begun.
type Rotation struct {
	// Size is the size of a file from which on a new one is begun, in bytes; 0 for none.
	Size int64
	// Age is how long a file is written to; 0 for ever.
	Age time.Duration
	// Keep is how many old files are kept; 0 for all.
	Keep int
}

// InitErrors is what a script that fails does.
type InitErrors string

// The values of InitErrors.
const (
	// ContinueAfterInitErrors runs the other scripts; the server serves on.
	ContinueAfterInitErrors InitErrors = "continue"
	// StopOnInitErrors ends the server.
	StopOnInitErrors InitErrors = "stop"
)

// Auth is whose calls are taken.
type Auth string

// The values of Auth.
const (
	// OpenAuth takes every access key ID as an account, unless this server issued it.
	OpenAuth Auth = "open"
	// StrictAuth takes access keys that this server issued, and no other.
	StrictAuth Auth = "strict"
)

// Strict reports whether only keys that the server issued are taken.
func (c Config) Strict() bool { return c.Auth == StrictAuth }

// Clock is a kind of clock.
type Clock string

// The clocks.
const (
	// System is the clock of the system.
	System Clock = "system"
	// Virtual is a clock that moves only through the admin API.
	Virtual Clock = "virtual"
)

// LogFormat is a format of log lines.
type LogFormat string

// The formats of the log.
const (
	// Auto is Terminal when standard error is a terminal, else Text.
	Auto     LogFormat = "auto"
	Text     LogFormat = "text"
	JSON     LogFormat = "json"
	Terminal LogFormat = "terminal"
)

// EngineOptions are what the store is opened with besides its URL.
func (c Config) EngineOptions() store.EngineOptions {
	return store.EngineOptions{Wait: c.StoreWait, PasswordFile: c.StorePasswordFile, Check: c.StoreCheck, NetworkFile: c.StoreNetworkFile}
}

// OriginOfBehavior says where the value in force of a behavior was set.
func (c Config) OriginOfBehavior(b behavior.Behavior) Origin {
	if from, given := c.Origins.Behaviors[b.Name]; given {
		return from
	}
	if by := b.ImpliedBy(c.BehaviorSettings); by != "" {
		return Origin{FromBehavior, by}
	}
	return Origin{Source: FromDefault}
}

// OriginOfQuota says where the number of a quota for all organizations was set.
func (c Config) OriginOfQuota(q quota.Quota) Origin {
	if from, given := c.Origins.Quotas[string(q.Name)]; given {
		return from
	}
	if q.Older.Exists() && c.BehaviorSettings[quotaProfile] == quota.Profile2024 {
		return Origin{FromBehavior, quotaProfile}
	}
	return Origin{Source: FromDefault}
}

// quotaProfile is the behavior that chooses the numbers of quotas.
const quotaProfile = "quota-profile"
