"""Serves the chain over HTTP."""
