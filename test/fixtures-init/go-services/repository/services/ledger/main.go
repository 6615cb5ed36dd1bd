package main

import (
	"os"

	"example.com/bank/internal/log"
	"example.com/bank/internal/store"
)

func main() { log.Start(); store.Open(os.Args) }
