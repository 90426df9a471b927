package main

var readiness = []attack{
	{what: "the disk is full under load, and free again", engine: "SQLite", pkg: "test/durability",
		test: "TestAFullDiskRefusesChangesAndLosesNone", control: inTest},
	{what: "every fsync fails for a while", engine: "SQLite", pkg: "test/durability",
		test: "TestNothingIsAcknowledgedWhileSyncsFail", control: inTest},
	{what: "calls of the system on the files of the store and of the journal fail now and then: write, sync, read, open, rename, truncate", engine: "SQLite", pkg: "test/durability",
		test: "TestNoErrorOfTheSystemLosesAChange", control: inTest, long: true},
	{what: "what each metric and label counts happens once", pkg: "internal/app", test: "TestEveryLabelMoves", control: inTest},
	{what: "the machine is set back by 48 h and to 2015 between two starts", engine: "SQLite", pkg: "internal/app",
		test: "TestTheJournalDoesNotRunBackwardsWithTheMachine", control: inTest},
	{what: "the machine is 400 days ahead for one start", engine: "SQLite", pkg: "internal/app",
		test: "TestInvitationsAreNotGoneWithoutAWord", control: inTest},
	{what: "two servers whose clocks differ by 5 minutes: what one shows as expired is accepted through the other", engine: "PostgreSQL", pkg: "internal/app",
		test: "TestNothingIsAcceptedThatAnotherServerShowsAsExpired", control: inTest},
	{what: "damage, foreign files, permissions, full disks and wrong clocks before a start", engine: "both", pkg: "cmd/accord",
		test: "TestCheckSaysWhatIsWrong", control: inTest},
}
