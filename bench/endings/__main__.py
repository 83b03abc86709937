"""`python -m bench.endings`: the figures of how streams end."""

import sys

from bench.endings.cli import main

if __name__ == "__main__":
    sys.exit(main())
