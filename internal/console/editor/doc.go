// Package editor has the sources of the editor of policies: a script, and the packages of npm
// that it is made of. What the program serves is made of them by this package's test.
package editor

//go:generate go test -run TestTheBundleIsWhatTheSourcesMake -update .
