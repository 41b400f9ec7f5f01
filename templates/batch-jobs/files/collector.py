"""The collector of one folder: adds up what all processes counted, and folds the files of those that ended.

A pass over the folder answers a scrape. Now and then files that nobody writes into any more are *retired*, by a rename to where
no process can find them again, and some seconds later *folded*: added to the state of their job and removed. Whoever had opened
a file while it was being retired still has it open then, and it waits. At no moment is a value in two places or in none.
"""

import os
import time

import client_file
import lease
import state
from reader import FOLDER, RETIRED, Reader
from total import LIVE


class Collector(Reader):
    """A reader that folds; its methods may be called by several threads."""

    def fold(self):
        """Retires what nobody writes into, folds what was retired some seconds ago, and forgets jobs of long ago."""
        with self.lock:
            # What is only in memory is seen once more, so that nothing is retired that was not read.
            self._snapshot()
            if not self.lease_fault:
                self._retire()
                self._fold_retired()
            for job in list(self.jobs.values()):
                if job.dirty:
                    self._save(job, job.folded, job.sources, job.files)
            self._forget()

    def _retire(self):
        self.foreign_users = 0
        for name, folder, path, files in self._folders():
            for file in files:
                before = self.seen.get((path, file))
                if before is None:
                    continue
                try:
                    descriptor = client_file.open_file(file, folder)
                except (FileNotFoundError, client_file.BadFile):
                    continue
                try:
                    if lease.is_written(descriptor):
                        continue
                    # Whole, or it stays where a person finds it.
                    client_file.read(descriptor, before[1], self.options.most_bytes, self.options.drop_labels)
                except PermissionError:
                    self.foreign_users += 1
                    self._say((path, "user"), f"{path}: its files are of another user and are added up, but not folded")
                    continue
                except client_file.BadFile:
                    continue
                finally:
                    os.close(descriptor)
                identity = f"{time.time_ns():x}-{os.urandom(6).hex()}"
                target = f"{name}~{before[1]}~{identity}.db"
                try:
                    os.rename(file, os.path.join(self.retired, target), src_dir_fd=folder)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    self.fold_failures += 1
                    self._say((path, "rename"), f"{path}: its files cannot be moved, and stay: {error.strerror}")
                    break
                del self.seen[path, file]
                self.retired_at[target] = time.monotonic()

    def _fold_retired(self):
        ready = {}
        now = time.monotonic()
        for file in sorted(os.listdir(self.retired)):
            job = self._job_of_retired(file)
            since = self.retired_at.setdefault(file, now)
            if job is not None and now - since >= self.options.settle_seconds:
                ready.setdefault(job.name, []).append(file)
        for name, files in ready.items():
            self._fold_job(self.jobs[name], files)

    def _fold_job(self, job, files):
        total, done = job.folded.copy(), []
        folder = os.open(self.retired, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for file in files:
                kind = RETIRED.fullmatch(file)[2]
                try:
                    descriptor = client_file.open_file(file, folder)
                    try:
                        if lease.is_written(descriptor):
                            continue
                        entries = client_file.read(descriptor, kind, self.options.most_bytes, self.options.drop_labels)
                    finally:
                        os.close(descriptor)
                except (PermissionError, FileNotFoundError, client_file.BadFile) as error:
                    self.fold_failures += 1
                    self._say(file, f"{file} was retired and cannot be folded: {error}")
                    continue
                if kind not in LIVE:
                    total.add(kind, entries)
                done.append(file)
        finally:
            os.close(folder)
        if done and self._save(job, total, job.sources | set(done), job.files + len(done), time.time()):
            for file in done:
                os.unlink(os.path.join(self.retired, file))
                self.retired_at.pop(file, None)
            job.refused += total.refused
            # They are gone, so the next state need not name them.
            job.sources = job.sources - set(done)

    def _save(self, job, total, sources, files, changed=None):
        path = self._state_path(job.name)
        changed = job.changed if changed is None else changed
        try:
            state.save(path, total, sources, files, changed)
        except OSError as error:
            self.fold_failures += 1
            self.log(f"{path} cannot be written; nothing is folded: {error.strerror}")
            return False
        job.folded, job.sources, job.files, job.changed, job.dirty = total, sources, files, changed, False
        return True

    def _forget(self):
        """Jobs that have not run for long, and folders of pods that have been empty for long."""
        now = time.time()
        busy = {name for name, _, _ in self.seen.values()}
        busy.update(job.name for job in map(self._job_of_retired, os.listdir(self.retired)) if job)
        for name, job in list(self.jobs.items()):
            if name not in busy and now - job.changed > self.options.forget_seconds:
                path = self._state_path(name)
                if os.path.exists(path):
                    os.unlink(path)
                del self.jobs[name]
                self.log(f"job {name} has not run for long and is forgotten")
        for entry in list(os.scandir(self.root)):
            if not entry.is_dir(follow_symlinks=False) or not FOLDER.fullmatch(entry.name):
                continue
            try:
                if now - entry.stat(follow_symlinks=False).st_mtime > self.options.empty_seconds:
                    os.rmdir(entry.path)
            except OSError:
                # It is not empty, or it is not ours to remove: it costs nothing but its name.
                continue
