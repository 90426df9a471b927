package main

var journals = []attack{
	{what: "a record of the journal is changed, removed, inserted, moved or cut off, at every place", pkg: "internal/journal",
		test: "TestVerifyFindsEachChange", control: inTest},
	{what: "another program renames the journal while records are delivered", pkg: "internal/journal",
		test: "TestNothingDeliveredIsLostWhileTheFileIsRenamed", control: inTest},
	{what: "a reset between a change and its delivery", engine: "SQLite", pkg: "internal/app",
		test: "TestAResetLosesNoRecord/SQLite", control: "internal/outbox.TestAResetKeepsWhatWaitsForItsSink"},
	{what: "a reset between a change and its delivery", engine: "PostgreSQL", pkg: "internal/app",
		test: "TestAResetLosesNoRecord/PostgreSQL", control: "internal/outbox.TestAResetKeepsWhatWaitsForItsSink"},
	{what: "the folder of the journal is removed, and calls go on", pkg: "internal/app",
		test: "TestRecordsThatAreLostAreCounted", control: inTest},
}
