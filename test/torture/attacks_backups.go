package main

var backups = []attack{}
