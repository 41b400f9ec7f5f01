"""What the checks of the collector share: a folder, processes that count, and the collector's own modules."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["COLLECTOR"])

import collector  # noqa: E402
import exposition  # noqa: E402
import lease  # noqa: E402

lease.ignore_breaks()

#: A process that counts as it is told, one line each, and answers when it is done.
COUNTING = """
import sys
from prometheus_client import Counter, Gauge, Histogram, Summary
import prometheus_client
made = {}
for line in sys.stdin:
    exec(line, globals())
    print("done", flush=True)
"""


class Counting:
    """A process of its own with prometheus_client."""

    def __init__(self, folder, pid=None):
        os.makedirs(folder, exist_ok=True)
        program = COUNTING
        if pid is not None:
            # As another PID namespace would: this process believes that its id is `pid`.
            program = f"import os\nos.getpid = lambda: {pid}\n{COUNTING}"
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": folder}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def do(self, line):
        """Runs one line in it."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", line
        return self

    def kill(self):
        """SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def options(**changes):
    """The collector's options, as small as a test needs them."""
    usual = {
        "settle_seconds": 0,
        "forget_seconds": 3600,
        "empty_seconds": 3600,
        "series_limit": 1000,
        "job_limit": 100,
        "file_limit": 100,
        "most_bytes": 1 << 20,
        "namespaces": frozenset(),
        "drop_labels": frozenset({"pid"}),
    }
    return argparse.Namespace(**{**usual, **changes})


def folder():
    """A new root, removed by whoever runs the checks."""
    return tempfile.mkdtemp(dir=os.environ["ROOM"])


def collect(root, log=None, **changes):
    """A collector that has just started."""
    return collector.Collector(root, options(**changes), (log if log is not None else []).append)


def values(found):
    """Every sample of a scrape by its name and labels without those of the job."""
    jobs = [((), job.total) for job in found.snapshot().jobs]
    text, conflicts = exposition.jobs(jobs)
    assert conflicts == 0, conflicts
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def files(root):
    """Names of the clients' files that are left, retired ones too."""
    return sorted(name for _, _, names in os.walk(root) for name in names if name.endswith(".db"))
