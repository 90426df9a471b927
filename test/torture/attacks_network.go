package main

var network = []attack{
	{what: "silent, half-sent and idle connections, five times the bound", pkg: "internal/graceful",
		test: "TestSlowConnectionsGiveWayAtTheBound", control: "TestABoundAloneMakesTheServerDeaf"},
	{what: "a stop while requests have arrived in part", pkg: "internal/graceful",
		test: "TestAStopWaitsForNoClient", control: "TestAPlainShutdownWaitsForASlowBody"},
	{what: "a second request in the bytes of one with a length and chunks", pkg: "internal/graceful",
		test: "TestARequestWithLengthAndChunksIsTheLastOfItsConnection", control: inTest},
}
