package main

var backups = []attack{
	{what: "accord backup under 16 clients, restored elsewhere and compared with the history", engine: "SQLite", pkg: "test/durability",
		test: "TestABackupUnderLoadIsOneMoment/SQLite", control: "TestAWrongCopyUnderLoadIsFound/SQLite"},
	{what: "accord backup under 16 clients, restored elsewhere and compared with the history", engine: "PostgreSQL", pkg: "test/durability",
		test: "TestABackupUnderLoadIsOneMoment/PostgreSQL", control: "TestAWrongCopyUnderLoadIsFound/PostgreSQL"},
}
