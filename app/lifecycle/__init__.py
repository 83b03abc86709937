"""Letting in, shutting down, sockets and memory of one process."""
