package main

var doors = []attack{}
