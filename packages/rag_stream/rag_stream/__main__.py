"""`python -m rag_stream "question"`: print the answer and its sources as they come."""

import sys

from rag_stream.terminal.cli import main

if __name__ == "__main__":
    sys.exit(main())
