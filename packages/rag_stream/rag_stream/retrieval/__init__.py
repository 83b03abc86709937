"""From a question to the documents it is answered from. In come a question and its options."""
