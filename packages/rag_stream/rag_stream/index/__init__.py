"""The chunks and their vectors, behind a Chroma server; the only room that knows Chroma."""
