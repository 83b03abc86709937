"""From a document to its chunks. Pure functions."""
