// Package iamapi is the wire of the part of AWS Identity and Access Management that
// Accord has. Nearly all of it is generated from model/iam.json, model/access.json and
// model/messages.json.
package iamapi

//go:generate go run accord/cmd/apigen -model ../../../model -service iam -package iamapi -out .
