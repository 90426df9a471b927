package main

var network = []attack{}
