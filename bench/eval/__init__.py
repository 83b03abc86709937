"""What the service retrieves and answers, measured against questions with known answers.

`python -m bench.eval` puts a folder's corpora into an index of its own, through the service's
own ingest, and asks its questions of the service's own retriever and chain. Everything is
counted in characters of the corpora, so that systems with different chunks can be compared.
"""
