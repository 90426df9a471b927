package main

var journals = []attack{}
