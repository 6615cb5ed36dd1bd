package main

import "example.com/bank/internal/log"

func main() { log.Start() }
