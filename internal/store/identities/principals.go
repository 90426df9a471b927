package identities

import (
	"errors"
	"strings"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

// PrincipalID returns the unique ID of the user or the role with an ARN, in any account, and
// AROA…:SESSION for the ARN of a session of a role; empty if there is none.
func PrincipalID(v *store.View, arn string) (string, error) {
	named, session, ok := parsePrincipal(arn)
	if !ok {
		return "", nil
	}
	i, err := Get(v, named.Account, named.Kind, named.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	case i.Name != named.Name, session == "" && i.Path != named.Path:
		return "", nil
	case session != "":
		return i.ID + ":" + session, nil
	}
	return i.ID, nil
}

// parsePrincipal reads the ARN of a user, of a role, or of a session, which has the name of
// its role without the path.
func parsePrincipal(arn string) (named iam.Named, session string, ok bool) {
	if named, ok := iam.ParseARN(arn); ok {
		return named, "", named.Kind == iam.User || named.Kind == iam.Role
	}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "sts" {
		return iam.Named{}, "", false
	}
	role, is := strings.CutPrefix(parts[5], "assumed-role/")
	role, session, _ = strings.Cut(role, "/")
	return iam.Named{Account: ident.AccountID(parts[4]), Kind: iam.Role, Name: role}, session, is && session != ""
}

// PrincipalARN is the inverse of PrincipalID, in a partition; the ID itself if there is no
// such user or role any more.
func PrincipalARN(v *store.View, p ident.Partition, id string) (string, error) {
	of, session, isSession := strings.Cut(id, ":")
	i, err := ByID(v, of)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return id, nil
	case err != nil:
		return "", err
	case isSession:
		return iam.SessionARN(p, i.Account, i.Name, session), nil
	}
	return i.ARN(p), nil
}
