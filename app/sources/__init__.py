"""What the index holds, shown to people and programs. In come documents and chunks; no I/O."""
