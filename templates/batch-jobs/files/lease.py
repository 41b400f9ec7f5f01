"""Whether anybody can still write into a file, as the kernel knows it.

A read lease is granted only on a file that nobody has open for writing, and a file that is mapped counts as open until the last
process that maps it is gone: in every PID namespace, after SIGKILL too, and with no regard to who has the same process id now.
The kernel gives leases to the owner of a file and to whoever has CAP_LEASE.
"""

import fcntl
import os
import signal

PROBE = "probe"


def ignore_breaks():
    """Somebody who opens a file just while we ask is let through at once; the signal about it would end this process."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)


def is_written(descriptor):
    """Whether somebody has the file open for writing; `PermissionError` when the file is another user's."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def fault(folder):
    """Why leases cannot be relied upon in this folder, or None: tried with a file of our own."""
    path = os.path.join(folder, PROBE)
    try:
        with open(path, "wb"):
            reader = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if not is_written(reader):
                    return "a lease was granted on a file that is open for writing"
            finally:
                os.close(reader)
        reader = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if is_written(reader):
                return "no lease was granted on a file that nobody has open"
        finally:
            os.close(reader)
            os.unlink(path)
    except OSError as error:
        return f"this file system gives no leases: {error.strerror}"
    return None
