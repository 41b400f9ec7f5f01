"""Values as the text that Prometheus reads."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def escape(text, quoted):
    """A help text, or a label's value in its quotes."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quoted else text


def number(value):
    """A value; whole ones without a fraction, so that sums stay exact to the eye."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**63 else repr(value)


def sample(name, labels, value):
    """One line."""
    inner = ",".join(f'{label}="{escape(text, True)}"' for label, text in labels)
    return f"{name}{'{' + inner + '}' if inner else ''} {number(value)}\n"


def jobs(totals):
    """The lines of every job's values, and how many were left out because another kind has the same name and labels.

    `totals` gives pairs of labels that say which job, and its Total.
    """
    families = {}
    for job, total in totals:
        own = {name for name, _ in job}
        for (kind, metric, name, labels), value in total.items():
            labels = (*((label, text) for label, text in labels if label not in own), *job)
            type_ = kind.split("_")[0]
            # In this format a counter is called as its sample, `_total` and all.
            family = families.setdefault(name if type_ == "counter" else metric, {})
            family.setdefault(type_, (total.helps.get(metric, ""), []))[1].append((name, labels, value))
    lines, seen, conflicts = [], set(), 0
    for metric in sorted(families):
        for number_of_type, (type_, (help_text, samples)) in enumerate(families[metric].items()):
            if number_of_type == 0:
                # A name has one type; where two jobs disagree, the first one's stands.
                lines.append(f"# HELP {metric} {escape(help_text, False)}\n# TYPE {metric} {type_}\n")
            samples = _accumulated(metric, samples) if type_ == "histogram" else samples
            for name, labels, value in samples:
                if (name, frozenset(labels)) in seen:
                    conflicts += 1
                    continue
                seen.add((name, frozenset(labels)))
                lines.append(sample(name, labels, value))
    return "".join(lines), conflicts


def _accumulated(metric, samples):
    """Clients write how many fell into each bucket alone; Prometheus reads how many fell below its bound."""
    buckets, lines = {}, []
    for name, labels, value in samples:
        bound = dict(labels).get("le")
        if name != f"{metric}_bucket" or bound is None:
            lines.append((name, labels, value))
            continue
        rest = tuple(label for label in labels if label[0] != "le")
        bounds = buckets.setdefault(rest, {})
        bounds[float(bound)] = (bound, bounds.get(float(bound), (bound, 0.0))[1] + value)
    for rest, bounds in buckets.items():
        sum_so_far = 0.0
        for _, (bound, value) in sorted(bounds.items()):
            sum_so_far += value
            lines.append((f"{metric}_bucket", (("le", bound), *rest), sum_so_far))
        lines.append((f"{metric}_count", rest, sum_so_far))
    return lines
