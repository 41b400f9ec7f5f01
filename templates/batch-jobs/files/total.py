"""What many processes counted, as one: how values of each kind are put together."""

import math

#: Kinds that only grow. What was counted stays counted when the file is gone.
COUNTED = frozenset({"counter", "summary", "histogram"})
#: Gauges of which a process that ended leaves nothing. A gauge without a mode (`all`) is one of them: without the process id
#: nobody could tell whose value it was.
LIVE = frozenset({"gauge_all", "gauge_liveall", "gauge_livesum", "gauge_livemin", "gauge_livemax", "gauge_livemostrecent"})
#: Gauges that are added up.
ADDED = frozenset({"gauge_all", "gauge_liveall", "gauge_sum", "gauge_livesum"})
#: The largest number that is added up: a hundred million of them are still one.
MOST = 1e300


class Total:
    """Values by `(kind, metric, sample, labels)`, at most `limit` of them; what does not fit is counted in `refused`.

    A value is `(parts, time)`; its number is the sum of its parts, which `items` gives. Sums are kept exactly, as parts that do
    not overlap, since rounding by the order of adding could make a counter go down by its last bit, and that is a reset to
    Prometheus. The help text is no part of what a value is: a new release may word it anew.
    """

    def __init__(self, limit, values=None, helps=None):
        self.limit = limit
        self.values, self.helps = dict(values or {}), dict(helps or {})
        self.refused = 0

    def copy(self):
        """The same values, to go on from."""
        return Total(self.limit, self.values, self.helps)

    def items(self):
        """Names and numbers."""
        return ((name, math.fsum(parts)) for name, (parts, _) in self.values.items())

    def add(self, kind, entries):
        """Puts the values of one process beside those of the others."""
        adds = kind in COUNTED or kind in ADDED
        for (metric, sample, labels, help_text), (value, time) in entries.items():
            name = (kind, metric, sample, labels)
            known = self.values.get(name)
            # One value that is no number would make a sum useless for ever.
            if (adds and not abs(value) <= MOST) or (known is None and len(self.values) >= self.limit):
                self.refused += 1
            elif known is None:
                self.values[name] = ((value,), time)
                self.helps[metric] = help_text
            elif adds:
                self.values[name] = (_grown(known[0], value), max(known[1], time))
            else:
                value, time = together(kind, (known[0][0], known[1]), (value, time))
                self.values[name] = ((value,), time)


def _grown(parts, value):
    """Parts of the exact sum: each addition's rounding error is kept as a part of its own."""
    grown = []
    for part in parts:
        if abs(value) < abs(part):
            value, part = part, value
        high = value + part
        low = part - (high - value)
        if low:
            grown.append(low)
        value = high
    return (*grown, value)


def together(kind, one, other):
    """Two values with their times as one, by their kind."""
    if kind.endswith("mostrecent"):
        return max(one, other, key=lambda value: value[1])
    if kind in ("gauge_min", "gauge_livemin"):
        return min(one, other)
    if kind in ("gauge_max", "gauge_livemax"):
        return max(one, other)
    return (one[0] + other[0], max(one[1], other[1]))


def lost(kind, before, now):
    """What of the values seen before is missing in those seen now: the file was removed, emptied, or counts anew.

    The sum of a histogram may go down by itself, by negative observations; of gauges only what is gone is kept.
    """
    if kind in LIVE:
        return {}
    missing = {}
    for key, (value, time) in before.items():
        if key not in now or (kind in COUNTED and not key[1].endswith("_sum") and now[key][0] < value):
            missing[key] = (value, time)
    return missing
