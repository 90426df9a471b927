package main

// doors are attacks by those who reach a listener, or make the browser of a developer reach it.
var doors = []attack{
	{
		what: "web pages: DNS rebinding, scripts and forms of other sites",
		pkg:  "internal/app", test: "TestWebPagesChangeNothing", control: inTest,
	},
	{
		what: "web pages in a real Chromium: ways of scripts, forms, frames, workers and DNS rebinding, on both listeners",
		pkg:  "test/browser", test: "TestPagesOfARealBrowserChangeNothing", control: inTest,
	},
	{
		what: "links and images: calls by GET with a signature in the query",
		pkg:  "internal/app", test: "TestGetChangesNothing", control: inTest,
	},
	{
		what: "the admin API without its token, and with a wrong one, at every path",
		pkg:  "internal/admin", test: "TestEveryPathButHealthNeedsTheToken", control: inTest,
	},
	{
		what: "the console: markup in every text that others store",
		pkg:  "internal/console", test: "TestAttackStoredMarkupIsText", control: inTest,
	},
	{
		what: "the console: markup in names of units and accounts, in tags, and in policies",
		pkg:  "internal/console", test: "TestAttackMarkupInAnOrganizationIsText", control: inTest,
	},
	{
		what: "the console: markup in addresses and in forms that come back",
		pkg:  "internal/console", test: "TestAttackReflectedMarkupIsText", control: inTest,
	},
	{
		what: "the console: forms of other origins, without a token, with that of another session",
		pkg:  "internal/console", test: "TestAttackCSRF", control: inTest,
	},
	{
		what: "the console: frames around it, scripts of its own text, caches that keep data",
		pkg:  "internal/console", test: "TestAttackClickjackingAndForeignContent", control: inTest,
	},
	{
		what: "the console: DNS rebinding, also of links",
		pkg:  "internal/console", test: "TestAttackDNSRebinding", control: inTest,
	},
	{
		what: "the console: without signing in, with wrong keys and tokens, at every page",
		pkg:  "internal/console", test: "TestAttackNobodyIsLetInWithoutSigningIn", control: inTest,
	},
	{
		what: "the console: sessions that are planted, changed, of another server, of another person, past their end",
		pkg:  "internal/console", test: "TestAttackSessions", control: inTest,
	},
	{
		what: "the console: redirects to other servers after signing in",
		pkg:  "internal/console", test: "TestAttackOpenRedirect", control: inTest,
	},
	{
		what: "the console: a form of 10 MB",
		pkg:  "internal/console", test: "TestAttackALargeForm", control: inTest,
	},
	{
		what: "the console: a hundred pages that stay open",
		pkg:  "internal/console", test: "TestAHundredOpenPagesChangeNothingForClients", control: inTest,
	},
	{
		what: "calls with access keys that nobody knows",
		pkg:  "internal/app", test: "TestKeysThatNobodyKnowsRegisterUpToAQuota", control: inTest,
	},
	{
		what: "access keys that the server issued: wrong secrets, tampered and replayed requests, headers and parameters that are smuggled in, keys and tokens of others, keys that are inactive or deleted",
		pkg:  "internal/identity", test: "TestAttacksOnKeysThatTheServerIssued", control: inTest,
	},
	{
		what: "requests with a parameter of their signature twice",
		pkg:  "internal/identity", test: "TestDoubledQueryParameters", control: inTest,
	},
	{
		what: "11,000 bad access keys at a strict server",
		pkg:  "internal/identity", test: "TestAFloodOfBadKeysTakesNoMemory", control: inTest,
	},
	{
		what: "the key of a closed account",
		pkg:  "internal/app", test: "TestKeyOfAClosedAccount", control: inTest,
	},
	{
		what: "sessions of a role that was deleted, and made again with the same name",
		pkg:  "internal/app", test: "TestAttackSessionOfADeletedRole", control: inTest,
	},
	{
		what: "sessions of a user who was deleted",
		pkg:  "internal/app", test: "TestAttackSessionOfADeletedUser", control: inTest,
	},
	{
		what: "the token of one session with the key or the secret of another",
		pkg:  "internal/app", test: "TestAttackTokenOfOneSessionWithTheKeyOfAnother", control: inTest,
	},
	{
		what: "a confused deputy: a role of another customer, without its external ID",
		pkg:  "internal/app", test: "TestAttackConfusedDeputyWithoutExternalID", control: inTest,
	},
	{
		what: "edits of a trust policy by those who may pass and change roles",
		pkg:  "internal/app", test: "TestAttackPrivilegeEscalationByTheTrustPolicy", control: inTest,
	},
	{
		what: "a session past its expiry",
		pkg:  "internal/app", test: "TestAttackSessionPastItsExpiry", control: inTest,
	},
	{
		what: "session tags that overwrite transitive ones along a chain of roles",
		pkg:  "internal/app", test: "TestAttackSessionTagsThatOverwriteTransitiveOnes", control: inTest,
	},
	{
		what: "a chain of roles that lasts longer than an hour, and one that changes the source identity",
		pkg:  "internal/app", test: "TestAttackChainLongerThanAnHour", control: inTest,
	},
	{
		what: "roles and sessions of a closed account",
		pkg:  "internal/app", test: "TestAttackRoleOfAClosedAccount", control: inTest,
	},
	{
		what: "sessions that ask for further sessions, and call what is kept from them",
		pkg:  "internal/app", test: "TestAttackSessionThatExtendsItself", control: inTest,
	},
	{
		what: "the stolen file of a strict server's store",
		pkg:  "internal/app", test: "TestAStolenDatabaseSignsNothing", control: inTest,
	},
	{
		what: "secrets in log, journal, metrics, errors and answers, at log level debug",
		pkg:  "internal/app", test: "TestNoSecretIsShown", control: inTest,
	},
	{
		what: "bodies of the admin API that two readers read differently",
		pkg:  "internal/admin", test: "TestBodiesThatTwoReadersReadDifferentlyAreRefused", control: inTest,
	},
	{
		what: "bodies of the admin API that take seventy times their size as values",
		pkg:  "internal/admin", test: "TestBodiesThatTakeMuchMemoryAreRejected", control: inTest,
	},
	{
		what: "a second server at the Unix socket of one that stands still",
		pkg:  "internal/app", test: "TestASocketOfAServerThatStandsStillIsNotReplaced", control: inTest,
	},
	{
		what: "the admin API on addresses beyond this machine",
		pkg:  "internal/config", test: "TestTheAdminAPILeavesTheMachineOnlyWithAToken", control: inTest,
	},
	{
		what: "requests of the admin API without a Host, as load balancers send them",
		pkg:  "internal/admin", test: "TestChecksOfHealthNeedNoHost", control: inTest,
	},
	{
		what: "the ways of a member out of an organization whose policy keeps it: leaving, and a direct transfer", engine: "SQLite",
		pkg: "internal/service/organizations", test: "TestAPolicyKeepsAMemberInItsOrganization", control: inTest,
	},
	{
		what: "an administrator of one organization who names what is in another one", engine: "SQLite",
		pkg: "internal/service/organizations", test: "TestNoPolicyOpensAnotherOrganization", control: inTest,
	},
	{
		what: "a server that would decide by policies which another server has changed", engine: "PostgreSQL",
		pkg: "internal/app", test: "TestAPolicyHoldsOnEveryServerAtOnce", control: inTest,
	},
}
