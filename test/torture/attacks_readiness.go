package main

var readiness = []attack{}
