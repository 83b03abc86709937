"""The index by words, derived from the one of vectors and kept in step with it."""
