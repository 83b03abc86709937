"""The peers: small programs, each run in an environment of its own, and the limit."""
