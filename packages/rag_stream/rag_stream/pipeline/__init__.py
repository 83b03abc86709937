"""The way of one question: documents, prompt, model, citations, status. In comes a question."""
