package main

var backups = []attack{
	{what: "accord backup under 16 clients, restored elsewhere and compared with the history", engine: "SQLite", pkg: "test/durability",
		test: "TestABackupUnderLoadIsOneMoment/SQLite", control: "TestAWrongCopyUnderLoadIsFound/SQLite"},
	{what: "accord backup under 16 clients, restored elsewhere and compared with the history", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestABackupUnderLoadIsOneMoment/PostgreSQL", control: "TestAWrongCopyUnderLoadIsFound/PostgreSQL"},
	{what: "a server of a newer program migrates beside two that serve 16 clients", engine: "PostgreSQL", pkg: "test/upgrade",
		test: "TestServersStopWritingWhenANewerOneMigrates", control: "TestAMigrationBesideServersIsFound"},
	{what: "kill -9 at each step of a migration", engine: "both", pkg: "test/upgrade",
		test: "TestAKilledMigrationLeavesTheOldSchemaOrTheNewOne", control: "TestAMigrationWithoutATransactionIsFound"},
	{what: "stores of earlier programs, with rows in every state, are opened and migrated", engine: "both", pkg: "test/upgrade",
		test: "TestEveryStoreOfAnEarlierProgramIsUpgraded", control: "TestTheCheckOfUpgradesFindsLostRows"},
	{what: "a store is restored where a killed server has left its write-ahead log", engine: "SQLite", pkg: "internal/backup",
		test: "TestALogThatAKilledServerLeftIsNotAppliedToACopy", control: inTest},
	{what: "backup and restore of an older file of the same size beside the log of a killed server", engine: "SQLite", pkg: "internal/backup",
		test: "TestNoBackupIsMadeOfAMixture", control: inTest},
	{what: "backup and restore of 300 MB under 16 clients, and the memory that they take", engine: "SQLite", pkg: "test/durability",
		test: "TestALargeBackupUnderLoadEndsInLittleMemory", control: inTest, alone: true, long: true},
	{what: "kill -9 of accord restore at each call of the system by which it changes files", engine: "SQLite", pkg: "test/durability",
		test: "TestAKilledRestoreLeavesNothingHalf", control: inTest, long: true},
	{what: "accord backup --force over the store itself, its log, a device", engine: "SQLite", pkg: "internal/backup",
		test: "TestABackupReplacesNothingButABackup", control: inTest},
}
