"""Conversations that the service keeps: their database, whose turn it is, the chain with them."""
