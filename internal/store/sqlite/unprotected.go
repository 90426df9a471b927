//go:build unprotected

package sqlite

const protected = false
