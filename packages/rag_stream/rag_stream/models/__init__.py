"""Chat and embedding models, by provider. In come settings; out come models that stream."""
