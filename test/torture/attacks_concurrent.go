package main

var concurrent = []attack{
	{what: "random sequences of calls, compared with a model after each", engine: "SQLite", pkg: "test/history",
		test: "TestHistoriesOnSQLite", control: "TestAServiceThatDiffersIsFound"},
	{what: "random sequences of calls, compared with a model after each", engine: "PostgreSQL", pkg: "test/history",
		test: "TestHistoriesOnPostgreSQL", control: "TestAServiceThatDiffersIsFound", long: true},
}
