package main

var databases = []attack{}
