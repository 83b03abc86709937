"""Fills the index: reads sources, splits them, and keeps the index in step with them."""
