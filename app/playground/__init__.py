"""LangServe's playground: its files, and the chain as text for it."""
