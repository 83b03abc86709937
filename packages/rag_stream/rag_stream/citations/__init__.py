"""From an answer's text to verified citations, as it streams. In come texts; no I/O."""
