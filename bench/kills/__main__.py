"""`python -m bench.kills`: what is left of an index after its server was killed."""

import sys

from bench.kills.cli import main

if __name__ == "__main__":
    sys.exit(main())
