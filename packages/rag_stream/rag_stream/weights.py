"""`python -m rag_stream.weights`: fetch the local embedding model ahead of time and check it."""

import sys

from rag_stream.models.local.weights import main

if __name__ == "__main__":
    sys.exit(main())
