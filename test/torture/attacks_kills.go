package main

var kills = []attack{
	{what: "kill -9 at random moments under 16 clients", engine: "SQLite", pkg: "test/durability",
		test: "TestKilledServersLoseNothing/SQLite", control: "TestTheCheckerFindsLosses"},
	{what: "kill -9 at random moments under 16 clients", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestKilledServersLoseNothing/PostgreSQL", control: "TestTheCheckerFindsLosses", long: true},
	{what: "the server dies between the last statement and the commit", engine: "SQLite", pkg: "test/durability",
		test: "TestServersThatDieBeforeACommitLoseNothing", control: "TestTheCheckerFindsLosses"},
	{what: "the commit of every operation that writes fails", engine: "both", pkg: "test/durability",
		test: "TestAFailedCommitLeavesNothing", control: inTest},
	{what: "the connection breaks during COMMIT", engine: "PostgreSQL", pkg: "internal/store",
		test: "TestABrokenCommitIsUnknown", control: "TestAConnectionThatBreaksBeforeCommitIsNotUnknown"},
	{what: "50 kills and starts: what is left beside the store", engine: "SQLite", pkg: "test/durability",
		test: "TestKillsLeaveNoFiles", control: inTest},
	{what: "the connection is cut when COMMIT is on the way, and the client calls again", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestACommitWithoutAnAnswerIsMadeOnce", control: inTest, long: true},
	{what: "rows that contradict each other, as a half-done change leaves them", engine: "SQLite", pkg: "test/durability",
		test: "TestTheRowCheckFindsHalfDoneChanges", control: inTest},
	{what: "kill -9 while several clients move the clock over the ends of many account creations", engine: "SQLite", pkg: "test/durability",
		test: "TestAKillDuringAJumpOfTheClockRunsEachJobOnce", control: inTest},
}
