"""How many random examples the slow properties draw: few in the suite, FUZZ_FACTOR times as many at night."""

from __future__ import annotations

import os

FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))
