package main

var network = []attack{
	{what: "silent, half-sent and idle connections, five times the bound", pkg: "internal/graceful",
		test: "TestSlowConnectionsGiveWayAtTheBound", control: "TestABoundAloneMakesTheServerDeaf"},
	{what: "a stop while requests have arrived in part", pkg: "internal/graceful",
		test: "TestAStopWaitsForNoClient", control: "TestAPlainShutdownWaitsForASlowBody"},
	{what: "a second request in the bytes of one with a length and chunks", pkg: "internal/graceful",
		test: "TestARequestWithLengthAndChunksIsTheLastOfItsConnection", control: inTest},
	{what: "slow bodies that fill the memory for bodies", pkg: "internal/server",
		test: "TestBodiesBeyondTheMemoryAreRefused", control: "TestBodiesWithinTheMemoryAreTaken"},
	{what: "a large body while slow ones hold the memory", pkg: "internal/server",
		test: "TestASlowBodyGivesItsMemoryToOthers", control: "TestBodiesBeyondTheMemoryAreRefused"},
	{what: "uploads of up to 7 MiB to a service that is not here", pkg: "internal/server",
		test: "TestAClientThatUploadsToAServiceThatIsNotHereSeesTheAnswer", control: inTest},
	{what: "certificate files that are broken, missing and no pair", pkg: "internal/certificate",
		test: "TestFilesThatChangeAreReadAgain", control: inTest},
}
