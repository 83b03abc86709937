"""`python -m bench.eval`: the figures of retrieval and answers."""

import sys

from bench.eval.cli import main

if __name__ == "__main__":
    sys.exit(main())
