"""The collector of one folder: adds up what all processes counted, and folds the files of those that ended.

A pass over the folder answers a scrape. Now and then files that nobody writes into any more are *retired*, by a rename to where
no process can find them again, and some seconds later *folded*: added to the state of their job and removed. Whoever had opened
a file while it was being retired still has it open then, and it waits. At no moment is a value in two places or in none.
"""

import collections
import os
import re
import threading
import time

import client_file
import lease
import state
from total import LIVE, Total, lost

OWN = ".collector"
#: Name of the state of files that lie in the folder itself.
WHOLE = "all"
#: `<namespace>_<job>_<pod>`: names of namespaces and pods have no `_`.
_FOLDER = re.compile(r"([a-z0-9-]{1,63})_([A-Za-z0-9._-]{1,63})_([a-z0-9.-]+)")
_RETIRED = re.compile(r"(.*)~([a-z_]+)~[0-9a-f-]+\.db")


class Job:
    """What is kept of one job."""

    def __init__(self, name, limit):
        self.name = name
        self.folded = Total(limit)
        self.sources = set()
        self.files = 0
        self.refused = 0
        self.changed = time.time()
        self.dirty = False

    def labels(self):
        """Which job it is, as labels; a folder without jobs of its own has none."""
        namespace, _, job = self.name.partition("_")
        return (("batch_namespace", namespace), ("batch_job", job)) if job else ()


File = collections.namedtuple("File", "job kind entries writer")
JobSeen = collections.namedtuple("JobSeen", "labels total processes folded")


class Snapshot:
    """What one pass saw: jobs, files that processes have, files that are retired, what is left out."""

    def __init__(self):
        self.jobs, self.open, self.retired, self.refused = [], 0, 0, 0
        self.skipped = dict.fromkeys((*client_file.BadFile.REASONS, "too_many"), 0)


class Collector:
    """One folder with everything in it; its methods may be called by several threads."""

    def __init__(self, root, options, log):
        self.root, self.options, self.log = root, options, log
        self.own = os.path.join(root, OWN)
        self.states = os.path.join(self.own, "state")
        self.retired = os.path.join(self.own, "retired")
        self.jobs, self.seen, self.said, self.retired_at = {}, {}, set(), {}
        self.fold_failures = self.state_faults = self.foreign_users = 0
        self.lock = threading.Lock()
        for folder in (self.own, self.states, self.retired):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        self.lease_fault = lease.fault(self.own)
        if self.lease_fault:
            self._say("no-leases", f"files are added up and not folded: {self.lease_fault}")
        self._load()

    def _load(self):
        for entry in sorted(os.listdir(self.states)):
            path = os.path.join(self.states, entry)
            if not entry.endswith(".json"):
                continue
            name = entry[: -len(".json")]
            job = self._job("" if name == WHOLE else name)
            try:
                values, helps, job.sources, job.files, job.changed = state.load(path)
                job.folded = Total(self.options.series_limit, values, helps)
            except state.BadState as error:
                self.state_faults += 1
                os.replace(path, f"{path}.bad")
                self._say(path, f"the state {path} cannot be read and is put aside; its job counts anew: {error}")
        for name in os.listdir(self.retired):
            job = self._job_of_retired(name)
            if job and name in job.sources:
                os.unlink(os.path.join(self.retired, name))
        for job in self.jobs.values():
            job.sources = set()

    def _state_path(self, name):
        return os.path.join(self.states, f"{name or WHOLE}.json")

    def _job(self, name):
        if name not in self.jobs:
            self.jobs[name] = Job(name, self.options.series_limit)
        return self.jobs[name]

    def _job_of_retired(self, name):
        match = _RETIRED.fullmatch(name)
        return self._job(match[1]) if match else None

    def _say(self, what, message):
        """Says something once."""
        if what not in self.said and len(self.said) < 10_000:
            self.said.add(what)
            self.log(message)

    # Reading

    def snapshot(self):
        """What all processes have counted until now."""
        with self.lock:
            return self._snapshot()

    def _snapshot(self):
        snapshot, seen, unread = Snapshot(), {}, set()
        totals, processes = {}, {}
        for file in self._read_all(snapshot, seen, unread):
            totals.setdefault(file.job, []).append((file.kind, file.entries))
            if file.writer is not None:
                processes.setdefault(file.job, set()).add(file.writer)
        for place, (name, kind, entries) in self.seen.items():
            if place in seen:
                continue
            if place[0] in unread:
                # Not gone, but not to be read now.
                seen[place] = (name, kind, entries)
                totals.setdefault(name, []).append((kind, entries))
            else:
                self._keep(name, kind, entries, {})
        self.seen = seen
        snapshot.open = len(seen)
        for name in totals:
            self._job(name)
        for name, job in sorted(self.jobs.items()):
            total = job.folded.copy()
            for kind, entries in totals.get(name, ()):
                total.add(kind, entries)
            snapshot.refused += total.refused + job.refused
            snapshot.jobs.append(JobSeen(job.labels(), total, len(processes.get(name, ())), job.files))
        return snapshot

    def _keep(self, name, kind, before, now):
        """Somebody removed or emptied a file: what was read of it stays counted."""
        missing = lost(kind, before, now)
        if missing:
            job = self._job(name)
            job.folded.add(kind, missing)
            job.dirty = True

    def _read_all(self, snapshot, seen, unread):
        """Yields each file that can be read, and notes in `seen` what it held; folders that cannot be read go into `unread`."""
        for name, folder, path, files in self._folders(snapshot, unread):
            for file in files:
                kind, process = client_file.kind_and_process(file) or (None, None)
                if kind is None:
                    self._skip(snapshot, os.path.join(path, file), "foreign", "its name is not one of a client's file")
                    continue
                before = self.seen.get((path, file))
                try:
                    entries, written = self._read(folder, file, kind)
                except FileNotFoundError:
                    continue
                except client_file.BadFile as bad:
                    self._skip(snapshot, os.path.join(path, file), bad.reason, str(bad))
                    if before is None:
                        continue
                    entries, written = before[2], True
                if before is not None:
                    self._keep(name, kind, before[2], entries)
                seen[path, file] = (name, kind, entries)
                if written or kind not in LIVE:
                    yield File(name, kind, entries, (path, process) if written else None)
        folder = os.open(self.retired, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for file in os.listdir(folder):
                job = self._job_of_retired(file)
                if job is None or file in job.sources:
                    continue
                kind = _RETIRED.fullmatch(file)[2]
                try:
                    entries, written = self._read(folder, file, kind)
                except (FileNotFoundError, client_file.BadFile) as bad:
                    reason = getattr(bad, "reason", "unreadable")
                    self._skip(snapshot, os.path.join(self.retired, file), reason, str(bad))
                    continue
                snapshot.retired += 1
                if written or kind not in LIVE:
                    yield File(job.name, kind, entries, None)
        finally:
            os.close(folder)

    def _read(self, folder, file, kind):
        """Its values, and whether a process still writes into it; where nobody can tell, one does."""
        descriptor = client_file.open_file(file, folder)
        try:
            try:
                written = bool(self.lease_fault) or lease.is_written(descriptor)
            except PermissionError:
                written = True
            return client_file.read(descriptor, kind, self.options.most_bytes, self.options.drop_labels), written
        finally:
            os.close(descriptor)

    def _skip(self, snapshot, path, reason, detail):
        snapshot.skipped[reason] += 1
        self._say((path, reason), f"{path} is left out ({reason}): {detail}")

    def _folders(self, snapshot=None, unread=None):
        """Yields job, descriptor, path and names of files for the folder itself and each pod's folder."""
        names = [""] + sorted(entry.name for entry in os.scandir(self.root) if entry.is_dir(follow_symlinks=False))
        for name in names:
            if name.startswith("."):
                continue
            match = _FOLDER.fullmatch(name)
            job = f"{match[1]}_{match[2]}" if match else ""
            if match and self.options.namespaces and match[1] not in self.options.namespaces:
                continue
            path = os.path.join(self.root, name)
            if name and not match:
                if snapshot:
                    self._skip(snapshot, path, "foreign", "the folder is not named <namespace>_<job>_<pod>")
                continue
            try:
                folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            except OSError as error:
                if snapshot:
                    unread.add(path)
                    self._skip(snapshot, path, "unreadable", error.strerror)
                continue
            try:
                files = sorted(file for file in os.listdir(folder) if file.endswith(".db"))
                if files and job not in self.jobs and len(self.jobs) >= self.options.job_limit:
                    if snapshot:
                        self._skip(snapshot, path, "too_many", f"there are {self.options.job_limit} jobs already")
                    continue
                if len(files) > self.options.file_limit:
                    # Those that were read before come first, or what they counted would seem to be gone.
                    files.sort(key=lambda file: (path, file) not in self.seen)
                    if snapshot:
                        self._skip(snapshot, path, "too_many", f"it has {len(files)} files")
                    files = files[: self.options.file_limit]
                yield job, folder, path, files
            finally:
                os.close(folder)

    # Folding

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
                kind = _RETIRED.fullmatch(file)[2]
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
            if not entry.is_dir(follow_symlinks=False) or not _FOLDER.fullmatch(entry.name):
                continue
            try:
                if now - entry.stat(follow_symlinks=False).st_mtime > self.options.empty_seconds:
                    os.rmdir(entry.path)
            except OSError:
                # It is not empty, or it is not ours to remove: it costs nothing but its name.
                continue
