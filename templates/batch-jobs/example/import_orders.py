"""A job of many short processes: each takes one part of the work, counts its rows and ends."""

import concurrent.futures
import os
import random
import sys
import time


def one_part(part):
    """The work of one process. Real work stands where this one sleeps."""
    import batch_job

    with batch_job.run() as run:
        chance = random.Random(part)
        for _ in range(chance.randrange(1, 5)):
            time.sleep(chance.random() / 50)
            run.rows(chance.randrange(1, 1000))
        if chance.random() < float(os.environ.get("FAILING_SHARE", "0")):
            raise RuntimeError(f"part {part} cannot be read")


def main():
    """Forks a process for each part, a few at a time."""
    parts = range(int(os.environ.get("PARTS", "100")))
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(max_workers=4, max_tasks_per_child=1) as pool:
        for work in [pool.submit(one_part, part) for part in parts]:
            failed += work.exception() is not None
    print(f"{len(parts)} parts, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
