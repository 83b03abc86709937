"""What may arrive on a connection, and how long it may take; only `python -m app` has it."""
