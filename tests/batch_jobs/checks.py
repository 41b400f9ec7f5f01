"""What the collector makes of the files of real processes, one check each; runs those named on the command line, or all."""

import os
import shutil
import struct
import sys

import stage
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

POD = "shop_etl_pod-1"


def it_adds_up_as_the_client_does():
    """Live, ended and folded, the values are those of the client's own collector over files that were never removed."""
    root, kept = stage.folder(), stage.folder()
    pod = os.path.join(root, POD)
    metrics = [
        'made["c"] = Counter("c", "A counter.", ["x"])',
        'made["s"] = Summary("s", "A summary.")',
        'made["h"] = Histogram("h", "A histogram.", ["x"], buckets=(1, 2, 4))',
    ]
    modes = ("min", "livemin", "max", "livemax", "sum", "livesum")
    metrics += [f'made["{mode}"] = Gauge("g_{mode}", "A gauge.", multiprocess_mode="{mode}")' for mode in modes]
    processes = [stage.Counting(pod) for _ in range(6)]
    for number, process in enumerate(processes):
        for line in metrics:
            process.do(line)
        process.do(f'made["c"].labels("a \\"b\\" \\\\\\\\ c").inc({number + 0.1})').do(f'made["s"].observe({number})')
        for value in range(number):
            process.do(f'made["h"].labels("y").observe({value})')
        for mode in modes:
            process.do(f'made["{mode}"].set({number * 10 - 20})')

    def client(folder):
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)
        lines = generate_latest(registry).decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def same(found, wanted):
        found = stage.values(found)
        assert sorted(map(_sorted_labels, found)) == sorted(map(_sorted_labels, wanted)), (found, wanted)
        by_name = {_sorted_labels(name): value for name, value in wanted.items()}
        for name, value in found.items():
            assert abs(value - by_name[_sorted_labels(name)]) < 1e-9, (name, value, wanted)

    found = stage.collect(root)
    same(found, client(pod))
    shutil.copytree(pod, kept, dirs_exist_ok=True)
    for process in processes[:4]:
        process.kill()
        for mode in ("livemin", "livemax", "livesum"):
            os.unlink(os.path.join(kept, f"gauge_{mode}_{process.process.pid}.db"))
    same(found, client(kept))
    found.fold()
    found.fold()
    assert len(stage.files(root)) == 2 * (3 + len(modes)), stage.files(root)
    same(found, client(kept))
    same(stage.collect(root), client(kept))
    for process in processes[4:]:
        process.kill()


def _sorted_labels(name):
    name, _, labels = name.rstrip("}").partition("{")
    return name, tuple(sorted(filter(None, labels.split(",")))), "{" in name


def a_process_that_opens_while_its_file_is_retired_loses_nothing():
    """The same id comes back between the question whether anybody writes and the rename."""
    root = stage.folder()
    pod = os.path.join(root, POD)
    counter = 'made["c"] = Counter("c", "A counter.")'
    stage.Counting(pod, pid=7).do(counter).do('made["c"].inc(5)').kill()
    found, late = stage.collect(root), []
    rename = os.rename

    def late_rename(*args, **more):
        if not late:
            late.append(stage.Counting(pod, pid=7).do(counter).do('made["c"].inc(10)'))
        return rename(*args, **more)

    stage.collector.os.rename = late_rename
    try:
        found.fold()
    finally:
        stage.collector.os.rename = rename
    assert len(late) == 1
    for _ in range(3):
        found.fold()
        assert stage.values(found) == {"c_total": 15}, stage.values(found)
        assert len(stage.files(root)) == 1, "it was folded while it was written"
    late[0].do('made["c"].inc(100)')
    again = stage.Counting(pod, pid=7).do(counter).do('made["c"].inc(1000)')
    for _ in range(3):
        found.fold()
        assert stage.values(found) == {"c_total": 1115}, stage.values(found)
    late[0].kill()
    again.kill()
    found.fold()
    found.fold()
    assert stage.files(root) == [] and stage.values(found) == {"c_total": 1115}, stage.values(found)


def bad_files_are_left_out_and_said():
    """Truncated, foreign, huge, linked and piped files spoil nothing, and stay where they are."""
    root = stage.folder()
    pod = os.path.join(root, POD)
    stage.Counting(pod).do('made["c"] = Counter("c", "A counter.")').do('made["c"].inc(3)').kill()
    good = os.path.join(pod, stage.files(root)[0])
    whole = open(good, "rb").read()
    used = struct.unpack_from("i", whole)[0]
    bad = {
        "counter_90.db": whole[: used - 4],
        "counter_91.db": whole[:6],
        "counter_92.db": struct.pack("i", used - 8) + whole[4:],
        "counter_93.db": struct.pack("i", -8) + whole[4:],
        "counter_94.db": b"\0\1\2\3" * 4096,
        "counter_95.db": struct.pack("i", 1 << 30) + whole[4:],
        "histogram_96.db": whole.replace(b'"c_total"', b'"c tota!"'),
        "counter_97.db": whole[:12] + b"[" * 40 + whole[52:],
        "counter_98.db": whole[:12] + b'["c", "c_total", {"x": "\\ud800"}, ""]'.ljust(40) + whole[52:],
        "notes.db": whole,
        "gauge_often_98.db": whole,
    }
    for name, content in bad.items():
        with open(os.path.join(pod, name), "wb") as file:
            file.write(content)
    os.symlink(good, os.path.join(pod, "counter_80.db"))
    os.mkfifo(os.path.join(pod, "counter_81.db"))
    os.mkdir(os.path.join(pod, "counter_82.db"))
    os.mkdir(os.path.join(root, "nobody"))
    os.chmod(shutil.copy(good, os.path.join(pod, "counter_83.db")), 0)
    log = []
    found = stage.collect(root, log)
    for _ in range(3):
        assert stage.values(found) == {"c_total": 3}, stage.values(found)
        skipped = found.snapshot().skipped
        assert skipped == {"truncated": 2, "foreign": 10, "unreadable": 2, "too_large": 2, "too_many": 0}, skipped
        found.fold()
    left = set(stage.files(root))
    assert left == {*bad, "counter_80.db", "counter_81.db", "counter_83.db"}, left
    for name in (*bad, "counter_80.db", "counter_83.db", "nobody"):
        assert sum(name in line for line in log) == 1, (name, log)


def what_was_removed_or_counts_anew_stays_counted():
    """A start script that wipes the folder, a file that somebody empties, a counter that is set back."""
    root = stage.folder()
    pod = os.path.join(root, POD)
    counter = 'made["c"] = Counter("c", "A counter.")'
    process = stage.Counting(pod).do(counter).do('made["c"].inc(5)')
    found = stage.collect(root)
    assert stage.values(found) == {"c_total": 5}
    shutil.rmtree(pod)
    process.kill()
    assert stage.values(found) == {"c_total": 5}
    process = stage.Counting(pod).do(counter).do('made["c"].inc(2)')
    assert stage.values(found) == {"c_total": 7}
    process.do('made["c"]._value.set(0)').do('made["c"].inc(1)')
    assert stage.values(found) == {"c_total": 8}
    found.fold()
    assert stage.values(stage.collect(root)) == {"c_total": 8}
    process.kill()
    with open(os.path.join(pod, stage.files(root)[0]), "wb"):
        pass
    assert stage.values(found) == {"c_total": 8}
    found.fold()
    found.fold()
    assert stage.values(stage.collect(root)) == {"c_total": 8}


def files_of_newer_clients_are_read():
    """From 0.17 on each value has its time behind it; `mostrecent` goes by it."""
    root = stage.folder()
    pod = os.path.join(root, POD)
    os.makedirs(pod)

    def write(name, *entries):
        body = b""
        for key, value, time in entries:
            key = key.encode()
            key += b" " * (8 - (len(key) + 4) % 8)
            body += struct.pack(f"i{len(key)}s", len(key.rstrip()), key) + struct.pack("dd", value, time)
        data = struct.pack("ii", 8 + len(body), 0) + body
        with open(os.path.join(pod, name), "wb") as file:
            file.write(data.ljust(1 << 16, b"\0"))

    one = '["c", "c_total", {"x": "a"}, "A counter."]'
    other = '["c", "c_total", {"x": "bb"}, "A counter."]'
    gauge = '["g", "g", {}, "A gauge."]'
    write("counter_1.db", (one, 1.0, 0.0), (other, 2.5, 0.0))
    write("counter_2.db", (one, 10.0, 1.7e9))
    write("gauge_mostrecent_1.db", (gauge, 1.0, 1700000002.25))
    write("gauge_mostrecent_2.db", (gauge, 2.0, 1700000001.5))
    found = stage.collect(root)
    wanted = {'c_total{x="a"}': 11, 'c_total{x="bb"}': 2.5, "g": 1}
    assert stage.values(found) == wanted, stage.values(found)
    found.fold()
    found.fold()
    assert stage.values(stage.collect(root)) == wanted and stage.files(root) == [], stage.files(root)


def limits_hold():
    """A job with a label that never repeats has no more values than it may, and those it has go on."""
    root = stage.folder()
    counter = 'made["c"] = Counter("c", "A counter.", ["run"])'
    stage.Counting(os.path.join(root, POD)).do(counter).do('made["c"].labels("first").inc(1)').kill()
    found = stage.collect(root, series_limit=3, job_limit=1)
    found.fold()
    process = stage.Counting(os.path.join(root, POD)).do(counter).do('made["c"].labels("first").inc(1)')
    for run in range(20):
        process.do(f'made["c"].labels("{run}").inc()')
    stage.Counting(os.path.join(root, "shop_other_pod-1")).do(counter).do('made["c"].labels("first").inc(1)').kill()
    for _ in range(3):
        snapshot = found.snapshot()
        assert len(snapshot.jobs) == 1 and snapshot.skipped["too_many"] == 1, snapshot.skipped
        assert snapshot.refused == 18, snapshot.refused
        counted = stage.values(found)
        assert len(counted) == 3 and counted['c_total{run="first"}'] == 2, counted
        process.kill()
        found.fold()
    assert len(stage.values(found)) == 3


def long_labels_are_cut_and_put_together():
    """One label that is too long would make an agent refuse the whole scrape; what is cut to the same is added up."""
    root = stage.folder()
    process = stage.Counting(os.path.join(root, POD)).do('made["c"] = Counter("c", "A counter.", ["x"])')
    for end in ("one", "other"):
        process.do(f'made["c"].labels("{"x" * 300}{end}").inc(2)')
    process.kill()
    wanted = {f'c_total{{x="{"x" * 200}"}}': 4}
    found = stage.collect(root)
    assert stage.values(found) == wanted, stage.values(found)
    found.fold()
    found.fold()
    assert stage.values(stage.collect(root)) == wanted


def main():
    """Runs the checks."""
    checks = [value for name, value in globals().items() if callable(value) and value.__module__ == __name__]
    checks = [check for check in checks if not check.__name__.startswith("_") and check is not main]
    for check in checks:
        if len(sys.argv) == 1 or check.__name__ in sys.argv[1:]:
            check()
            print(f"ok {check.__name__}", flush=True)


if __name__ == "__main__":
    main()
