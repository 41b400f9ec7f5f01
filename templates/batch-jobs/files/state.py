"""What ended processes of one job counted, on disk: values, and which files they came from, in one rename.

A file that is named here was added up already, whether or not it is still there. So a collector that is killed between the
rename and the removal neither loses nor doubles anything.
"""

import json
import os

VERSION = 1


class BadState(Exception):
    """A file that is none of ours."""


def load(path):
    """What `save` wrote, as `(values, helps, folded, files, changed)`: values and help texts of a Total, files folded, when last."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        if content["version"] != VERSION:
            raise BadState(f"it is of version {content['version']}")
        values = {}
        for kind, metric, sample, labels, parts, time in content["values"]:
            labels = tuple((str(name), str(text)) for name, text in labels)
            values[str(kind), str(metric), str(sample), labels] = (tuple(map(float, parts)), float(time))
        helps = {str(metric): str(text) for metric, text in content["helps"].items()}
        return values, helps, set(content["folded"]), int(content["files"]), float(content["changed"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadState(str(error)) from error


def save(path, total, folded, files, changed):
    """Puts a new state in the place of the old one, whole or not at all; `OSError` when it cannot."""
    content = {
        "version": VERSION,
        "folded": sorted(folded),
        "files": files,
        "changed": changed,
        "helps": total.helps,
        "values": [[*name, *value] for name, value in total.values.items()],
    }
    draft = f"{path}.draft"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(content, file, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
