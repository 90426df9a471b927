//go:build !unprotected

package sqlite

// protected is false in a program of the tests, which loses what the protections of the
// file keep.
const protected = true
