package main

var files = []attack{}
