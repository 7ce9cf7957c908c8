"""Peak memory of a piece of code in a process of its own."""

import subprocess
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
# ru_maxrss of a child starts at its parent's peak; VmHWM is that of the child alone.
REPORT = f"""
for line in open({str(STATUS)!r}):
    if line.startswith("VmHWM"):
        print("peak", line.split()[1])
"""


def peak_mebibytes(code: str, report: list[str] | None = None) -> float:
    """Largest resident memory of a fresh interpreter that runs ``code``, in MiB.

    What the code prints is appended to ``report``.
    """
    done = subprocess.run([sys.executable, "-c", code + REPORT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed, _, peak = done.stdout.rpartition("peak")
    if report is not None:
        report.append(printed)
    return int(peak) / 1024
