"""OpenAI's API and servers that speak it, with a short way for tokens."""
