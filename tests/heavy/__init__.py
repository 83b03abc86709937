"""What `make test` leaves out, since each needs an environment of its own: `make test-all`."""
