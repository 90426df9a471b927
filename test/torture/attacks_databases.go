package main

var databases = []attack{
	{what: "SIGSTOP of one of two servers within a transaction, with a timeout of 2 s", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestAServerThatStandsStillDoesNotStopTheOthers/with_a_short_timeout", control: "TestAServerThatStandsStillDoesNotStopTheOthers/control:_without_a_timeout"},
	{what: "SIGSTOP of one of two servers within a transaction", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestAServerThatStandsStillDoesNotStopTheOthers/as_it_is", control: "TestAServerThatStandsStillDoesNotStopTheOthers/control:_without_a_timeout", long: true},
	{what: "pg_cancel_backend of commits that wait for a synchronous standby", engine: "PostgreSQL", pkg: "internal/store/postgres",
		test: "TestACommitThatReachedNoStandbyIsUnknown", control: inTest},
	{what: "a server starts before its database", engine: "PostgreSQL", pkg: "internal/store/postgres",
		test: "TestAStartFindsADatabaseThatComesLater", control: inTest},
	{what: "another session keeps the row that a change needs", engine: "PostgreSQL", pkg: "internal/store/postgres",
		test: "TestAChangeThatWaitsForARowFailsWithThoseBehindIt", control: inTest},
	{what: "resets through both of two servers under load", engine: "PostgreSQL", pkg: "internal/app",
		test: "TestResetsThroughTwoServersFailNoCall", control: "internal/service/organizations.TestACallWhoseAccountIsDeletedAgainAndAgainIsRefused"},
	{what: "a change that takes long beside short ones", engine: "PostgreSQL", pkg: "internal/store/postgres",
		test: "TestALongChangeDoesNotHoldTheOthers", control: inTest},
	{what: "an organization with 3,000 open invitations is deleted beside short changes", engine: "PostgreSQL", pkg: "internal/app",
		test: "TestTheEndOfALargeOrganizationDoesNotHoldTheOthers", control: "internal/store/postgres.TestALongChangeDoesNotHoldTheOthers", long: true},
	{what: "an organization with many open invitations ends, or changes to all features", engine: "PostgreSQL", pkg: "internal/service/organizations",
		test: "TestCallsTakeTheSameStatementsForFewAndMany", control: inTest, long: true},
	{what: "a call that finds many jobs of its organization due", engine: "PostgreSQL", pkg: "internal/jobs",
		test: "TestPendingJobsAreReadAFewAtATime", control: inTest, long: true},
}
