// Package orgapi is the wire of AWS Organizations: requests and answers, enums,
// checks, exceptions, the table of operations and the interface that serves
// them. Nearly all of it is generated from model/organizations.json,
// model/access.json and model/messages.json.
//
// Only what the facts cannot say is written by hand: how a violation becomes
// an InvalidInputException, and the checks that no constraint of a single member can
// express. No state, no store and no check that needs one belongs here.
package orgapi

//go:generate go run accord/cmd/apigen -model ../../../model -service organizations -package orgapi -out .
