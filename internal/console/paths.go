package console

// The paths of the console.
const (
	base       = "/console"
	assetsPath = base + "/assets/"
	signInPath = base + "/sign-in"
	livePath   = base + "/live"
)
