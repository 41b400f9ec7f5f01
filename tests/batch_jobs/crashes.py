"""A collector that is killed before each single call that changes something on disk, in turn, neither loses nor doubles anything."""

import os
import shutil
import signal
import sys

import stage

POD = "shop_etl_pod-1"
CHANGES = ("rename", "replace", "unlink", "fsync", "makedirs", "rmdir")


def prepare():
    """A folder with what three ended processes and one that runs counted."""
    root = stage.folder()
    for number in (1, 20, 300, 4000):
        process = stage.Counting(os.path.join(root, POD))
        process.do('made["c"] = Counter("c", "A counter.")').do(f'made["c"].inc({number})')
        process.do('made["h"] = Histogram("h", "A histogram.", buckets=(1, 2))').do(f'made["h"].observe({number})')
        if number < 4000:
            process.kill()
    return root, process


def fold_and_die(root, last):
    """Folds in a process of its own until its change number `last`, before which it is killed; True when it came through."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def counted(real):
            def change(*args, **more):
                nonlocal count
                count += 1
                if count == last:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            return change

        for name in CHANGES:
            setattr(os, name, counted(getattr(os, name)))
        found = stage.collect(root)
        for _ in range(3):
            found.fold()
        os._exit(0)
    return os.WIFEXITED(os.waitpid(pid, 0)[1])


def main():
    """Every call in turn, then a chain in which each collector goes on where the one before was killed."""
    original, alive = prepare()
    wanted = stage.values(stage.collect(original))
    assert wanted["c_total"] == 4321 and wanted["h_count"] == 4 and wanted["h_sum"] == 4321, wanted
    number = 0
    while True:
        number += 1
        # The process that runs keeps the original; a copy of its file is one of an ended process.
        root = stage.folder()
        shutil.copytree(original, root, dirs_exist_ok=True)
        through = fold_and_die(root, number)
        again = stage.collect(root)
        assert stage.values(again) == wanted, (number, stage.values(again))
        again.fold()
        again.fold()
        assert stage.values(again) == wanted, (number, stage.values(again))
        assert stage.files(root) == [], (number, stage.files(root))
        if through:
            break
    chain = 0
    for last in range(1, number):
        chain += not fold_and_die(original, last)
        assert stage.values(stage.collect(original)) == wanted, last
    alive.kill()
    print(f"ok {number} {chain}", flush=True)
    assert number > 15, number


if __name__ == "__main__":
    sys.exit(main())
