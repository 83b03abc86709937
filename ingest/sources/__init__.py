"""From addresses and files to documents. In come names; out come texts with metadata."""
