"""Asking on the command line: answers printed as they come. Knows the chain, and no server."""
