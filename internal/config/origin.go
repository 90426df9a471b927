package config

// Source is a kind of place where values are set.
type Source string

// The sources.
const (
	// FromDefault: the value is set nowhere.
	FromDefault Source = "default"
	// FromFile: the file of settings, by its path.
	FromFile Source = "file"
	// FromEnvironment: a variable, by its name.
	FromEnvironment Source = "environment"
	// FromFlag: a flag of the command line, with its dashes.
	FromFlag Source = "flag"
	// FromBehavior: a behavior that sets others, or quotas, by its name.
	FromBehavior Source = "behavior"
)

// Origin is where a value was set.
type Origin struct {
	Source Source
	// Name is the variable, the file, the flag or the behavior; empty for a default.
	Name string
}

// Value is the value in force of a setting, as people may see it: without passwords and keys.
type Value struct {
	Name string
	// Shown is empty if there is no value; Default then describes what holds.
	Shown, Default string
	Help           string
	Origin         Origin
}

// Origins say where values were set.
type Origins struct {
	// Settings are all settings in the order of the table, without those that are behaviors
	// and quotas.
	Settings []Value
	// Behaviors and Quotas have the names that were given.
	Behaviors, Quotas map[string]Origin
}
