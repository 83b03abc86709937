"""The index server killed while it is written to, and every chunk searched afterwards."""
