"""`python -m bench.page`: the figures of the page in a real Chromium."""

import sys

from bench.page.cli import main

if __name__ == "__main__":
    sys.exit(main())
