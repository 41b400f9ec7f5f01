"""Short-lived workers with prometheus_client: each counts a little, tells what, and ends or is killed.

Usage: workers.py COUNT PARALLEL SEED. Prints one line of JSON with what all of them counted together.
"""

import json
import os
import random
import signal
import sys

from prometheus_client import Counter, Gauge, Histogram

TABLES = ("orders", "returns", "stock")

rows = Counter("batch_rows", "Rows that were written.", ["table", "pid"])
cpu = Counter("batch_cpu_seconds", "Time that was used.")
duration = Histogram("batch_duration_seconds", "How long a worker took.", buckets=(1, 2, 4, 8))
running = Gauge("batch_running", "Workers that run.", multiprocess_mode="livesum")
latest = Gauge("batch_largest_rows", "Most rows of one worker.", multiprocess_mode="max")


def work(seed, told):
    """The life of one worker until its last word."""
    chance = random.Random(seed)
    running.inc()
    counted = {"rows": {}, "cpu": chance.random(), "durations": []}
    cpu.inc(counted["cpu"])
    for _ in range(chance.randrange(1, 4)):
        table, count = chance.choice(TABLES), chance.randrange(1, 1000)
        rows.labels(table, os.getpid()).inc(count)
        counted["rows"][table] = counted["rows"].get(table, 0) + count
        seconds = chance.randrange(0, 160) / 16
        duration.observe(seconds)
        counted["durations"].append(seconds)
    latest.set(max(counted["rows"].values()))
    counted["pid"] = os.getpid()
    os.write(told, json.dumps(counted).encode() + b"\n")


def start(seed):
    """Forks one worker; every fourth waits to be killed instead of ending by itself."""
    told, tells = os.pipe()
    waits = seed % 4 == 0
    pid = os.fork()
    if pid == 0:
        os.close(told)
        work(seed, tells)
        if waits:
            signal.pause()
        os._exit(0)
    os.close(tells)
    return pid, os.fdopen(told, "rb"), waits


def main():
    """Keeps PARALLEL workers going until COUNT of them are done."""
    count, parallel, seed = map(int, sys.argv[1:])
    together = {"rows": dict.fromkeys(TABLES, 0), "cpu": [], "durations": [], "workers": 0, "killed": 0, "pids": []}
    alive = []
    for number in range(count + parallel):
        if number < count:
            alive.append(start(seed + number))
        if number < parallel - 1 or not alive:
            continue
        pid, told, waits = alive.pop(0)
        counted = json.loads(told.readline())
        if waits:
            os.kill(pid, signal.SIGKILL)
            together["killed"] += 1
        told.close()
        os.waitpid(pid, 0)
        for table, written in counted["rows"].items():
            together["rows"][table] += written
        together["cpu"].append(counted["cpu"])
        together["durations"] += counted["durations"]
        together["workers"] += 1
        together["pids"].append(pid)
    print(json.dumps(together), flush=True)


if __name__ == "__main__":
    main()
