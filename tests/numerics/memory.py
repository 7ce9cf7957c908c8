"""Peak memory of pieces of code in a process of its own."""

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


def peaks_mebibytes(*codes: str) -> list[float]:
    """Largest resident memory, in MiB, of a fresh interpreter after each code, run one after the other.

    It never falls: what is to be compared goes from the smallest to the largest.
    """
    done = subprocess.run(
        [sys.executable, "-c", "".join(code + REPORT for code in codes)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [int(line.split()[1]) / 1024 for line in done.stdout.splitlines() if line.startswith("peak")]


def peak_mebibytes(code: str, report: list[str]) -> float:
    """Largest resident memory of a fresh interpreter that runs ``code``, in MiB; its output goes to ``report``."""
    done = subprocess.run([sys.executable, "-c", code + REPORT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed, _, peak = done.stdout.rpartition("peak")
    report.append(printed)
    return int(peak) / 1024
