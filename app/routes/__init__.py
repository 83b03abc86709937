"""The HTTP endpoints: requests in, responses out."""
