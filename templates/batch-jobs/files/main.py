"""The collector of batch jobs: serves what thousands of short-lived Python workers counted, as a handful of series.

It needs Python 3.9 or newer and nothing else.
"""

import argparse
import fcntl
import http.server
import os
import signal
import socket
import sys
import threading
import time

import collector
import exposition
import lease
import reader


def log(message):
    """One line for the log."""
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {message}\n")
    sys.stderr.flush()


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", required=True, help="folder with a folder <namespace>_<job>_<pod> for each pod")
    parser.add_argument("--prepare", action="store_true", help="make the folder writable for every pod, and end")
    parser.add_argument("--listen", default="0.0.0.0:9464", help="address and port to answer on")
    parser.add_argument("--fold-seconds", type=float, default=10, help="seconds between two foldings")
    parser.add_argument("--settle-seconds", type=float, default=5, help="seconds that a file stays retired before it is folded")
    parser.add_argument("--forget-seconds", type=float, default=30 * 86400, help="a job that has not run for so long is forgotten")
    parser.add_argument("--empty-seconds", type=float, default=86400, help="a pod's folder that is empty for so long is removed")
    parser.add_argument("--series-limit", type=int, default=400, help="most values of one job")
    parser.add_argument("--job-limit", type=int, default=40, help="most jobs")
    parser.add_argument("--file-limit", type=int, default=5000, help="most files of one pod")
    parser.add_argument("--most-bytes", type=int, default=1 << 20, help="most bytes of one file in use")
    parser.add_argument("--drop-label", action="append", default=["pid"], help="a label that is left out; what differs in it alone is added up")
    parser.add_argument("--namespace", action="append", default=[], help="a namespace whose jobs are collected; all without")
    options = parser.parse_args()
    options.namespaces = frozenset(options.namespace)
    options.drop_labels = frozenset(options.drop_label)
    return options


def text(found):
    """The whole answer to a scrape."""
    began = time.monotonic()
    snapshot = found.snapshot()
    body, conflicts = exposition.jobs((job.labels, job.total) for job in snapshot.jobs)
    lines = [body]

    def family(name, type_, help_text, samples):
        lines.append(f"# HELP {name} {help_text}\n# TYPE {name} {type_}\n")
        lines.extend(exposition.sample(name, labels, value) for labels, value in samples)

    def each(value):
        return [(job.labels, value(job)) for job in snapshot.jobs]

    family("flagstaff_batch_processes", "gauge", "Processes that run and have files.", each(lambda job: job.processes))
    family("flagstaff_batch_files_folded_total", "counter", "Files of ended processes that were added up and removed.", each(lambda job: job.folded))
    family("flagstaff_batch_series", "gauge", "Values of a job; a bucket is one.", each(lambda job: len(job.total.values)))
    family("flagstaff_batch_files", "gauge", "Files in the folder.", [((("state", "open"),), snapshot.open), ((("state", "retired"),), snapshot.retired)])
    family("flagstaff_batch_files_skipped", "gauge", "Files and folders that are left out now.", [((("reason", reason),), count) for reason, count in snapshot.skipped.items()])
    family("flagstaff_batch_values_refused", "gauge", "Values that are left out now or were folded without since the start: over the limit of their job, or no number.", [((), snapshot.refused)])
    family("flagstaff_batch_name_conflicts", "gauge", "Values that are left out now because another kind has their name and labels.", [((), conflicts)])
    family("flagstaff_batch_files_of_other_users", "gauge", "Files that cannot be folded because another user owns them.", [((), found.foreign_users)])
    family("flagstaff_batch_can_fold", "gauge", "1 where the kernel says who writes into a file.", [((), 0 if found.lease_fault else 1)])
    family("flagstaff_batch_fold_failures_total", "counter", "Files and states that could not be moved or written since the start.", [((), found.fold_failures)])
    family("flagstaff_batch_state_faults_total", "counter", "States that could not be read at the start.", [((), found.state_faults)])
    family("flagstaff_batch_pass_seconds", "gauge", "How long this answer took.", [((), time.monotonic() - began)])
    return "".join(lines)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers `/metrics`, `/readyz` and `/healthz`."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self):
        """One answer."""
        path = self.path.split("?")[0]
        if path == "/metrics" and self.server.found is not None:
            try:
                body = text(self.server.found)
            except OSError as error:
                log(f"a scrape failed: {error}")
                self.answer(503, f"{error}\n")
                return
            self.answer(200, body, exposition.CONTENT_TYPE)
        elif path == "/readyz" or path == "/metrics":
            ready = self.server.found is not None
            self.answer(200 if ready else 503, "ready\n" if ready else "another collector has the folder\n")
        elif path == "/healthz":
            late = time.monotonic() - self.server.alive
            self.answer(200 if late < 120 else 503, f"last pass {late:.0f} seconds ago\n")
        else:
            self.answer(404, "there are /metrics, /readyz and /healthz\n")

    def answer(self, status, body, content_type="text/plain; charset=utf-8"):
        """Writes status and body."""
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Scrapes are not news."""


MOST_CONNECTIONS = 32


class Server(http.server.ThreadingHTTPServer):
    """Listens on IPv4 or IPv6, by the address given."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.found, self.alive = None, time.monotonic()
        self.free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((host, int(port)), Handler)


    def process_request(self, request, client_address):
        """A thread for each connection, as long as there are not too many."""
        if self.free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        """The thread of one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()


def work(server, options):
    """Waits for the folder to be ours, then folds for ever."""
    own = os.path.join(options.directory, reader.OWN)
    os.makedirs(own, mode=0o700, exist_ok=True)
    with open(os.path.join(own, "lock"), "wb") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                server.alive = time.monotonic()
                time.sleep(0.05)
        server.found = collector.Collector(options.directory, options, log)
        log(f"collects {options.directory}, {len(server.found.jobs)} jobs known")
        while True:
            try:
                server.found.fold()
                server.alive = time.monotonic()
            except OSError as error:
                # The next pass may fare better; while none does, /healthz says so.
                log(f"a pass failed: {error}")
            time.sleep(options.fold_seconds)


def main():
    """Runs until it is told to end."""
    options = arguments()
    if options.prepare:
        os.makedirs(options.directory, exist_ok=True)
        # Each pod has a folder of its own in it, which the kubelet makes with these rights; no pod sees the others'.
        os.chmod(options.directory, 0o777)
        return
    lease.ignore_breaks()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(options.listen)

    def run():
        try:
            work(server, options)
        finally:
            # Without this thread nothing is right any more.
            os._exit(1)

    threading.Thread(target=run, daemon=True).start()
    log(f"listens on {server.server_address[0]}:{server.server_address[1]}")
    server.serve_forever()


if __name__ == "__main__":
    main()
