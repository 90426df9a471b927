package main

// attack is a row of the table.
type attack struct {
	// what is done to the server, in plain words.
	what string
	// engine is the store that is attacked: "SQLite", "PostgreSQL", "both", or empty
	// where there is none.
	engine string
	// pkg is the folder of the package from the module's root.
	pkg string
	// test is the test function, with its subtest after a slash: the pattern of -run,
	// without anchors. A fuzz target searches for a fixed number of inputs.
	test string
	// control is the test of the same package, or of the package before the dot as in
	// "test/durability.TestX", that runs the same check without the protection and has to
	// find the fault; or inTest, if the test itself does so.
	control string
	// alone: nothing else runs meanwhile, because it measures or fills the machine.
	alone bool
	// long: it is left out of a short run; its test calls require.Long, or takes long.
	long bool
}

// inTest is the control of an attack whose test has both: it fails unless the same check
// finds the fault once the protection is off.
const inTest = "in the test"
