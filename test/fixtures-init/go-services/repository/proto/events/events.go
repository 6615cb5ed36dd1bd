package events

const Name = "events"
