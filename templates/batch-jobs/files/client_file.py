"""One file that a process of prometheus_client maps into memory: its name, its layout, its values.

The file begins with four bytes that say how much of it is in use and four of padding. Each entry is the length of a key, the
key as JSON padded to eight bytes, and its value; clients from 0.17 on write the time of the value behind it.
"""

import functools
import json
import math
import os
import re
import stat
import struct

from total import together

HEADER = 8
INTEGER = struct.Struct("i")
DOUBLE = struct.Struct("d")
#: Letters of a name, of a label's value and of a help text, and labels of a value. An agent refuses a whole scrape for one label
#: that is longer than it likes, so what is longer is cut, and what is then the same is put together.
MOST_NAME, MOST_VALUE, MOST_HELP, MOST_LABELS = 200, 200, 500, 20

_MODES = "all|liveall|min|livemin|max|livemax|sum|livesum|mostrecent|livemostrecent"
_NAME = re.compile(rf"(counter|summary|histogram|gauge_(?:{_MODES}))_([^/]+)\.db")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class BadFile(Exception):
    """A file that is left out; `reason` is one word of `REASONS`."""

    REASONS = ("truncated", "foreign", "unreadable", "too_large")

    def __init__(self, reason, detail):
        super().__init__(detail)
        self.reason = reason


def kind_and_process(name):
    """What kind of metrics a file holds and the name of its process, or None when the name is no client's."""
    match = _NAME.fullmatch(name)
    return match.groups() if match else None


def open_file(name, folder):
    """Opens a file of a folder (a descriptor) for reading only; a link or a pipe in its place is refused."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadFile("unreadable", error.strerror) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadFile("foreign", "it is no plain file")
    return descriptor


def read(descriptor, kind, most_bytes, drop):
    """The values of an open file of this kind as `{key: (value, time)}`; empty while its process has only just made it.

    A key is `(metric, sample, labels, help)`. Labels named in `drop` are left out, and what then has the same key is put together.
    """
    try:
        head = os.pread(descriptor, HEADER, 0)
        if not head:
            return {}
        if len(head) < HEADER:
            raise BadFile("truncated", f"it has {len(head)} bytes")
        used = INTEGER.unpack_from(head)[0]
        if used == 0:
            return {}
        if used < HEADER or used % 8:
            raise BadFile("foreign", f"it says that {used} bytes are in use")
        if used > most_bytes:
            raise BadFile("too_large", f"it says that {used} bytes are in use, the most are {most_bytes}")
        data = os.pread(descriptor, used, 0)
    except OSError as error:
        raise BadFile("unreadable", error.strerror) from error
    if len(data) < used:
        raise BadFile("truncated", f"it has {len(data)} of {used} bytes")
    problem = None
    for with_time in (False, True):
        try:
            return _entries(data, kind, with_time, drop)
        except (ValueError, TypeError, RecursionError, struct.error) as error:
            problem = problem or error
    raise BadFile("foreign", f"its entries cannot be read: {problem}")


def _entries(data, kind, with_time, drop):
    values = {}
    position = HEADER
    while position < len(data):
        length = INTEGER.unpack_from(data, position)[0]
        start = position + INTEGER.size
        end = start + length + (8 - (length + INTEGER.size) % 8)
        if length < 2 or end + DOUBLE.size * (1 + with_time) > len(data):
            raise ValueError(f"an entry at {position} reaches beyond what is in use")
        key = _key(data[start : start + length], drop)
        value = DOUBLE.unpack_from(data, end)[0]
        time = DOUBLE.unpack_from(data, end + DOUBLE.size)[0] if with_time else 0.0
        position = end + DOUBLE.size * (1 + with_time)
        values[key] = together(kind, values[key], (value, time)) if key in values else (value, time)
    return values


@functools.lru_cache(maxsize=20_000)
def _key(encoded, drop):
    parts = json.loads(encoded)
    if not isinstance(parts, list) or len(parts) not in (3, 4) or not isinstance(parts[2], dict):
        raise ValueError("a key is not of a client")
    metric, sample, labels = parts[:3]
    help_text = parts[3] if len(parts) == 4 else ""
    texts = [metric, sample, help_text, *labels, *labels.values()]
    if not all(isinstance(text, str) for text in texts) or not all(map(_METRIC.fullmatch, (metric, sample))):
        raise ValueError("a name is not one of a metric")
    if not all(_LABEL.fullmatch(name) for name in labels):
        raise ValueError("a name is not one of a label")
    if any(len(name) > MOST_NAME for name in (metric, sample, *labels)):
        raise ValueError("a name is too long")
    for text in texts:
        # Half a surrogate pair is JSON, and no text that could be served.
        text.encode()
    if "le" in labels and math.isnan(float(labels["le"])):
        raise ValueError("a bucket has no bound")
    kept = sorted((name, value[:MOST_VALUE]) for name, value in labels.items() if name not in drop)
    return metric, sample, tuple(kept[:MOST_LABELS]), help_text[:MOST_HELP]
