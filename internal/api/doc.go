// Package api is the vocabulary of the wire: operations, errors, callers, times and
// JSON strings, as listeners and services share them. The packages below it (orgapi,
// stsapi) are generated from the interface facts in model/.
//
// It imports the standard library only and knows no rule of any service, no
// store and no transport.
package api
