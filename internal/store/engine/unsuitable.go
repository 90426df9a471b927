package engine

// Unsuitable is the error of a URL that names what cannot be a store, such as a file of
// something else: another URL helps, or a change of what it names, and no other start.
type Unsuitable struct{ Reason error }

func (u *Unsuitable) Error() string { return u.Reason.Error() }

func (u *Unsuitable) Unwrap() error { return u.Reason }
