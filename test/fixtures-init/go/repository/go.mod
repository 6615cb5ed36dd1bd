module github.com/acme/ledger

go 1.23

require github.com/golang-migrate/migrate/v4 v4.18.1
