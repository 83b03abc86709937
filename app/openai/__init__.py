"""OpenAI's chat completions over the chain: requests read, answers written; routes are not here."""
