package main

var files = []attack{
	{what: "the file or its log removed, renamed or truncated under load", engine: "SQLite", pkg: "test/durability",
		test: "TestAServerWhoseFileIsLostStopsWriting", control: inTest, long: true},
	{what: "the same, between two commits, in eleven ways", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestNothingIsWrittenIntoLostFiles", control: inTest},
	{what: "a second server: hard link, dangling link, deleted lock file", engine: "SQLite", pkg: "test/durability",
		test: "TestOneFileHasOneServer", control: inTest, long: true},
	{what: "a page cleared in the file of a killed server", engine: "SQLite", pkg: "internal/store/sqlite",
		test: "TestAFileIsCheckedAfterAnUncleanEnd", control: inTest},
	{what: "an older copy put beside the log of a killed server", engine: "SQLite", pkg: "internal/store/sqlite",
		test: "TestACopyBesideAnOldLogIsRefused", control: inTest, long: true},
}
