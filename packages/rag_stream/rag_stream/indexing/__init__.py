"""The writing half of the index: one source at a time, each change atomic. In come chunks."""
