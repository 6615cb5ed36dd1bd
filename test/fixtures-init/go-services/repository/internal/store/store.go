package store

import "example.com/bank/proto/events"

var _ = events.Name
