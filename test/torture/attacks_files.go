package main

var files = []attack{
	{what: "the file or its log removed, renamed or truncated under load", engine: "SQLite", pkg: "test/durability",
		test: "TestAServerWhoseFileIsLostStopsWriting", control: inTest, long: true},
	{what: "the same, between two commits, in eleven ways", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestNothingIsWrittenIntoLostFiles", control: inTest},
	{what: "the file or its log overwritten in place by other content of the same size", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestNothingIsWrittenIntoOverwrittenFiles", control: inTest},
	{what: "another program changes, rewrites and checkpoints the file: no false alarm", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestOtherProgramsMayUseTheFile", control: "TestNothingIsWrittenIntoLostFiles"},
	{what: "a second server: hard link, dangling link, deleted lock file", engine: "SQLite", pkg: "test/durability",
		test: "TestOneFileHasOneServer", control: inTest, long: true},
	{what: "a page cleared in the file of a killed server", engine: "SQLite", pkg: "internal/store/sqlite",
		test: "TestAFileIsCheckedAfterAnUncleanEnd", control: inTest},
	{what: "an older copy put beside the log of a killed server", engine: "SQLite", pkg: "internal/store/sqlite",
		test: "TestACopyBesideAnOldLogIsRefused", control: inTest, long: true},
	{what: "another program reads one state for long: the log grows, and is cut when it ends", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestTheLogIsCutWhenAReaderEnds", control: inTest},
	{what: "readers of the server without a pause beside a writer: the log stays bounded", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestTheLogIsBoundedUnderOurOwnReads", control: inTest},
	{what: "a file whose rows were all deleted is written anew, also beside a reader", engine: "SQLite", pkg: "internal/sqlite",
		test: "TestAFileThatIsMostlyFreeIsWrittenAnew", control: inTest},
}
