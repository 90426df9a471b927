package compare_test

import (
	"fmt"
	"reflect"
	"time"

	"pgregory.net/rapid"

	"accord/internal/seed"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// text draws a text that is unique by its number.
func text(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, n) }

// document draws an organization with IDs. Numbers make all names unique.
func document(t *rapid.T) *seed.Document {
	d := &seed.Document{Version: seed.Version, Clock: &epoch}
	o := seed.Organization{ID: "o-exampleorg", PolicyTypes: []string{"SERVICE_CONTROL_POLICY"}}
	for i := range rapid.IntRange(0, 4).Draw(t, "policies") {
		o.Policies = append(o.Policies, seed.Policy{ID: text("p-1234567", i), Type: "SERVICE_CONTROL_POLICY", Name: text("policy", i), Text: seed.Text{Content: `{"n": 1}`}, Tags: someTags(t)})
	}
	number := 0
	o.Root = unit(t, &number, 0, o.Policies)
	o.Root.ID, o.Root.Name = "r-ab12", ""
	o.Management = account(t, 9999, o.Policies)
	for i := range rapid.IntRange(0, 3).Draw(t, "services") {
		o.TrustedServices = append(o.TrustedServices, seed.TrustedService{Service: text("service", i) + ".amazonaws.com", Enabled: &seed.When{At: epoch}})
	}
	for i, a := range accounts(&o.Root) {
		if rapid.Bool().Draw(t, "administrator") {
			o.DelegatedAdministrators = append(o.DelegatedAdministrators, seed.DelegatedAdministrator{Account: seed.Ref(a.ID), Service: text("service", i%3) + ".amazonaws.com"})
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "handshakes") {
		o.Handshakes = append(o.Handshakes, seed.Handshake{ID: fmt.Sprintf("h-%010d", i), To: text("55555555555", i), State: "CANCELED"})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "creations") {
		o.AccountCreations = append(o.AccountCreations, seed.Creation{ID: fmt.Sprintf("car-%032d", i), Name: text("made", i), State: "FAILED", FailureReason: "EMAIL_ALREADY_EXISTS"})
	}
	d.Organizations = []seed.Organization{o}
	return d
}

func someTags(t *rapid.T) seed.Tags {
	var tags seed.Tags
	for i := range rapid.IntRange(0, 2).Draw(t, "tags") {
		tags = append(tags, seed.Tag{Key: text("key", i), Value: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "value")})
	}
	return tags
}

func someTarget(t *rapid.T, policies []seed.Policy) seed.Target {
	target := seed.Target{Tags: someTags(t)}
	for _, p := range policies {
		if rapid.Bool().Draw(t, "attached") {
			target.Policies = append(target.Policies, seed.Ref(p.ID))
		}
	}
	if rapid.Bool().Draw(t, "detached") {
		target.WithoutDefault = []string{"SERVICE_CONTROL_POLICY"}
	}
	return target
}

func account(t *rapid.T, n int, policies []seed.Policy) seed.Account {
	return seed.Account{
		ID: fmt.Sprintf("%012d", n), Name: text("account", n), Email: text("a", n) + "@example.com",
		State: rapid.SampledFrom([]string{"", "SUSPENDED"}).Draw(t, "state"), Joined: &seed.When{At: epoch}, Target: someTarget(t, policies),
	}
}

func unit(t *rapid.T, number *int, depth int, policies []seed.Policy) seed.Unit {
	*number++
	u := seed.Unit{ID: fmt.Sprintf("ou-ab12-%08d", *number), Name: text("unit", *number), Target: someTarget(t, policies)}
	for range rapid.IntRange(0, 2).Draw(t, "accounts") {
		*number++
		u.Accounts = append(u.Accounts, account(t, *number, policies))
	}
	if depth < 3 {
		for range rapid.IntRange(0, 2).Draw(t, "units") {
			u.Units = append(u.Units, unit(t, number, depth+1, policies))
		}
	}
	return u
}

// accounts are the accounts below a unit, where they can be changed.
func accounts(u *seed.Unit) []*seed.Account {
	var all []*seed.Account
	for i := range u.Accounts {
		all = append(all, &u.Accounts[i])
	}
	for i := range u.Units {
		all = append(all, accounts(&u.Units[i])...)
	}
	return all
}

// units are a unit and those below it.
func units(u *seed.Unit) []*seed.Unit {
	all := []*seed.Unit{u}
	for i := range u.Units {
		all = append(all, units(&u.Units[i])...)
	}
	return all
}

// clone is a document that shares nothing with another.
func clone(d *seed.Document) *seed.Document {
	return deep(reflect.ValueOf(d)).Interface().(*seed.Document)
}

// deep copies a value with everything below it.
func deep(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(deep(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(deep(v.Index(i)))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(deep(v.Field(i)))
			}
		}
	}
	return out
}
