// Package stsapi is the wire of the part of the AWS Security Token Service that
// Accord describes. Nearly all of it is generated from model/sts.json,
// model/access.json and model/messages.json; how a violation becomes a ValidationError
// is written by hand.
package stsapi

//go:generate go run accord/cmd/apigen -model ../../../model -service sts -package stsapi -out .
