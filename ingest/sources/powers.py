"""Which raised or lowered digits are told from those before them by a sign: 10^6, not 106. Pure."""

import re

RAISED = {"sup": "^", "sub": "_"}
POWER = re.compile(r"[+\u2212-]?\d+\Z")
