"""How smooth the page stays while an answer streams, and how soon and small it comes."""
