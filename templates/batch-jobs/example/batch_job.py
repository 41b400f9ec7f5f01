"""What a batch job counts, by the names that the pack's dashboard and alerts know. Copy it beside your program.

    import batch_job

    with batch_job.run() as run:
        for part in parts:
            run.rows(write(part))

Set PROMETHEUS_MULTIPROC_DIR before this is imported; the example's Job does.
"""

import contextlib
import time

from prometheus_client import Counter, Gauge, Histogram

STARTS = Counter("batch_job_starts", "Runs that began.")
ENDS = Counter("batch_job_ends", "Runs that ended by themselves, by outcome.", ["outcome"])
ROWS = Counter("batch_job_rows", "Rows that were processed.")
DURATION = Histogram("batch_job_duration_seconds", "How long runs took.", buckets=(1, 5, 15, 60, 300, 900, 3600, 14400))
# A gauge says what becomes of its value when the process ends: `live…` goes with it, `max` stays.
RUNNING = Gauge("batch_job_running", "Runs that are under way.", multiprocess_mode="livesum")
SUCCESS = Gauge("batch_job_last_success_timestamp_seconds", "When a run last ended well.", multiprocess_mode="max")


class Run:
    """A run that is under way."""

    def rows(self, count):
        """So many rows were processed just now."""
        ROWS.inc(count)


@contextlib.contextmanager
def run():
    """Counts a run: begun, ended well or failed, how long it took. One that is killed is begun and never ended."""
    STARTS.inc()
    RUNNING.inc()
    began = time.monotonic()
    try:
        yield Run()
    except BaseException:
        ENDS.labels("failed").inc()
        raise
    else:
        ENDS.labels("succeeded").inc()
        SUCCESS.set(time.time())
    finally:
        DURATION.observe(time.monotonic() - began)
        RUNNING.dec()
