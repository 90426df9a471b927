// Package api is the vocabulary of the wire: operations, errors, callers and
// times, as every way in and every verb speaks of them. The packages below it
// (orgapi, stsapi) are generated from the interface facts in model/.
//
// It imports the standard library only and knows no rule of any service, no
// store and no transport.
package api
