package main

// section is a part of the table. Each has its own file.
type section struct {
	name    string
	attacks []attack
}

var sections = []section{
	{"Kills and commits", kills},
	{"Concurrent calls", concurrent},
	{"Requests", requests},
	{"The file of SQLite", files},
	{"PostgreSQL", databases},
	{"The journal", journals},
	{"Bytes, connections, memory", network},
	{"Who may call", doors},
	{"Readiness and time", readiness},
	{"Backup and restore", backups},
}
