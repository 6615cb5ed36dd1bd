package store

import _ "example.com/bank/testing"
