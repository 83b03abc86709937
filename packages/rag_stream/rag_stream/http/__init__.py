"""Connections of our own for HTTP/1.1. In come addresses and bytes; nothing of the domain."""
