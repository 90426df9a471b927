package accordtest

// TryAssume assumes a role, and returns the error of a call that is denied.
func (a *Actor) TryAssume(role string) error {
	return a.tryQuery(sts, "AssumeRole", nil, []string{"RoleArn", role, "RoleSessionName", "accordtest"})
}
