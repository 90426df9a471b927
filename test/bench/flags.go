//go:build linux

package main

import (
	"flag"
	"time"
)

var (
	binary     = flag.String("binary", "", "the program to measure; built when empty")
	rounds     = flag.Int("rounds", 7, "how often each measurement is repeated")
	length     = flag.Duration("length", time.Second, "how long one measurement takes")
	only       = flag.String("only", "", "the parts to run, with commas between; all when empty")
	clients    = flag.Int("clients", 16, "how many clients call at the same time")
	accounts   = flag.Int("accounts", 10_000, "how many accounts the large organization of the part strict has")
	profileDir = flag.String("profile", "", "a folder for CPU profiles of the server under load; none are made when empty")
)
