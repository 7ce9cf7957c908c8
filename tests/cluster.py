"""A real Dask scheduler and real workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


class Cluster:
    """A Dask scheduler and workers, each a process of its own, as on a cluster."""

    def __init__(self, folder: Path, workers: int) -> None:
        distributed = pytest.importorskip("distributed")
        self.file = folder / "scheduler.json"
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        options = ["--scheduler-file", str(self.file), "--local-directory", str(folder)]
        start = [sys.executable, "-m"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
        scheduler = ["distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
        worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        self.processes = [
            subprocess.Popen([*start, *scheduler, *options[:2]], **quiet),
            *(subprocess.Popen([*start, *worker, *options], **quiet) for _ in range(workers)),
        ]
        self.client = distributed.Client(scheduler_file=str(self.file), timeout=60)
        self.client.wait_for_workers(workers, timeout=60)

    def close(self) -> None:
        self.client.close()
        for process in self.processes:
            process.kill()
            process.wait()
