"""What all processes of one folder have counted until now: states of jobs, files of processes, and retired files together."""

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
FOLDER = re.compile(r"([a-z0-9-]{1,63})_([A-Za-z0-9._-]{1,63})_([a-z0-9.-]+)")
RETIRED = re.compile(r"(.*)~([a-z_]+)~[0-9a-f-]+\.db")


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


class Reader:
    """One folder with everything in it; `snapshot` may be called by several threads."""

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
        match = RETIRED.fullmatch(name)
        return self._job(match[1]) if match else None

    def _say(self, what, message):
        """Says something once."""
        if what not in self.said and len(self.said) < 10_000:
            self.said.add(what)
            self.log(message)

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
                kind = RETIRED.fullmatch(file)[2]
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
            match = FOLDER.fullmatch(name)
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
