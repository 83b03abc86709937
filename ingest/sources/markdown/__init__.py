"""Markdown in the dialects that people write, to the words that its readers see. Pure."""
