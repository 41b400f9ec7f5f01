//! A person's query becomes one that reads a single cluster, or is refused.

use flagstaff_model::Place;
use flagstaff_template::promql::pin_label;

use super::{StoreKind, logql};

/// The label that every sample and every stream of a cluster carries.
pub const CLUSTER: &str = "cluster";

/// The query with `cluster="<name>"` in each of its selectors.
///
/// # Errors
/// A sentence on what cannot be confined.
pub fn confine(kind: StoreKind, expression: &str, cluster: &str) -> Result<String, String> {
    match kind {
        StoreKind::Prometheus => {
            pin_label(expression, CLUSTER, cluster, &Place::file("expression")).map_err(|problem| problem.message)
        }
        StoreKind::Loki => logql::pin(expression, CLUSTER, cluster),
    }
}

/// All series of a cluster, for counting them.
pub(crate) fn all_series(cluster: &str) -> Option<String> {
    let plain = !cluster.chars().any(char::is_control);
    plain.then(|| format!("{{{CLUSTER}=\"{}\"}}", cluster.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_promql_reads_another_cluster() {
        let pinned = |expression: &str| confine(StoreKind::Prometheus, expression, "own");
        for (expression, expected) in [
            ("{__name__=~\"up|other\"}", "{__name__=~\"up|other\",cluster=\"own\"}"),
            ("up or up{cluster=\"other\"}", "up{cluster=\"own\"} or up{cluster=\"own\"}"),
            ("max_over_time(up{cluster!=\"own\"}[5m:1m])", "max_over_time(up{cluster=\"own\"}[5m:1m])"),
            ("up @ 100 offset 1m # {cluster=\"other\"}", "up{cluster=\"own\"} @ 100.000 offset 1m"),
            (
                "label_replace(up, \"x\", \"$1\", \"cluster\", \"(.*)\")",
                "label_replace(up{cluster=\"own\"}, \"x\", \"$1\", \"cluster\", \"(.*)\")",
            ),
        ] {
            assert_eq!(pinned(expression).as_deref(), Ok(expected), "{expression}");
        }
        for expression in [
            "{cluster=\"other\"}",
            "{__name__=~\".*\"}",
            "label_replace(up, \"cluster\", \"own\", \"\", \"\")",
            "up{cluster=\"own\" or cluster=\"other\"}",
            "info(up)",
            "",
        ] {
            assert!(pinned(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn a_name_stays_within_its_quotes() {
        assert_eq!(all_series("a\"} or {b=\"").as_deref(), Some("{cluster=\"a\\\"} or {b=\\\"\"}"));
        assert_eq!(all_series("a\nb"), None);
    }
}
