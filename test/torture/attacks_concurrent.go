package main

var concurrent = []attack{
	{what: "the same write six times at once, for each operation that writes", engine: "SQLite", pkg: "test/conformance",
		test: "TestConcurrentRequestsAreSerialized", control: inTest},
	{what: "transactions that race for counters, places, names and leases", engine: "SQLite", pkg: "internal/store",
		test: "TestSQLiteConforms/races", control: "TestRacesAreFoundWhereTransactionsAreNotSerializable"},
	{what: "transactions that race for counters, places, names and leases", engine: "PostgreSQL", pkg: "internal/store",
		test: "TestPostgresConforms/races", control: "TestRacesAreFoundWhereTransactionsAreNotSerializable"},
	{what: "random sequences of calls, compared with a model after each", engine: "SQLite", pkg: "test/history",
		test: "TestHistoriesOnSQLite", control: "TestAServiceThatDiffersIsFound"},
	{what: "random sequences of calls, compared with a model after each", engine: "PostgreSQL", pkg: "test/history",
		test: "TestHistoriesOnPostgreSQL", control: "TestAServiceThatDiffersIsFound", long: true},
}
