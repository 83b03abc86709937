"""The service as a server of the Model Context Protocol; only `server.py` knows the library."""
