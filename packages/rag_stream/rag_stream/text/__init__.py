"""Sentences, paragraphs, words and code in plain text. Pure functions."""
