//! Other collectors, and the monitors of a Prometheus operator: what would be read twice.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_crds::{ClusterObservability, Component as Wish};
use flagstaff_survey::collectors::{self, Collector, Gathers, Monitors};

use super::Cluster;
use super::check::Check;

const CHECK: &str = "collectors";

/// Looks for collectors and monitors of somebody else.
pub async fn check(
    cluster: &Cluster,
    apis: &Result<BTreeSet<String>, Check>,
    flag: Option<&ClusterObservability>,
) -> Vec<Check> {
    let apis = match apis {
        Ok(apis) => apis,
        Err(check) => return vec![check.clone()],
    };
    let (found, monitors) = tokio::join!(
        collectors::find(&cluster.client),
        collectors::monitors(&cluster.client, apis, &cluster.namespace),
    );
    let mut checks = vec![];
    let found = found.unwrap_or_else(|error| {
        checks.push(Check::unknown(CHECK, &error, error.fix()));
        vec![]
    });
    let wishes = flag.map(|flag| flag.spec.components.clone()).unwrap_or_default();
    checks.extend(programs(&found, wishes.logs));
    match monitors {
        Ok(monitors) => checks.push(of_monitors(&monitors, &found, wishes.prometheus_operator_objects)),
        Err(error) => checks.push(Check::unknown("monitors", &error, error.fix())),
    }
    checks
}

fn programs(found: &[Collector], logs: Wish) -> Vec<Check> {
    let mut by_program: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for collector in found {
        by_program.entry(collector.program).or_default().push(&collector.place);
    }
    if by_program.is_empty() {
        return vec![Check::ok(CHECK, "nobody else collects metrics or logs here, as far as names of images tell")];
    }
    let lines = by_program.into_iter().map(|(program, places)| {
        let place = match places.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [one, more @ ..] => format!("{one} and {} more", more.len()),
        };
        let name = program.name;
        match program.gathers {
            Gathers::Nothing => Check::ok(CHECK, format!("{name} runs here ({place}); it is left alone")),
            Gathers::Logs if logs == Wish::Off => Check::ok(CHECK, format!("{name} gathers logs ({place}); ours do not")),
            Gathers::Logs => Check::warning(
                CHECK,
                format!("{name} gathers logs here ({place}): they would be gathered twice"),
                "Set spec.components.logs: off, or end the other once ours are seen in the store.",
            ),
            Gathers::Metrics => Check::warning(
                CHECK,
                format!("{name} scrapes here ({place}): kubelets, kube-state-metrics and node-exporter would be scraped twice"),
                "Harmless where the stores differ. In one store, end its jobs for these once ours are seen.",
            ),
            Gathers::Either => Check::warning(
                CHECK,
                format!("{name} collects here ({place}): what it scrapes or reads of logs would be collected twice"),
                "Look at what it collects. Set spec.components.logs: off where it is logs; else end its jobs once ours are seen.",
            ),
        }
    });
    lines.collect()
}

fn of_monitors(monitors: &Monitors, found: &[Collector], wish: Wish) -> Check {
    let counts: Vec<String> = monitors.counts.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
    if counts.is_empty() {
        return Check::ok("monitors", "there are no ServiceMonitors, PodMonitors or Probes of others");
    }
    let counts = format!("{} (in {} namespaces)", counts.join(", "), monitors.namespaces.len());
    let read_already = found.iter().any(|collector| collector.program.gathers != Gathers::Logs);
    match (wish, read_already) {
        (Wish::Off, _) => Check::ok("monitors", format!("{counts}; ours do not read them")),
        (_, false) => Check::ok("monitors", format!("{counts}; our agents read them")),
        (_, true) => Check::warning(
            "monitors",
            format!("{counts}: read by what runs already, and by our agents too"),
            "Set spec.components.prometheusOperatorObjects: off while the other goes on.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::preflight::check::Level;
    use flagstaff_survey::collectors::Program;

    fn collector(image: &str) -> Collector {
        Collector { program: Program::of(image).expect("known"), place: "DaemonSet x/y".into() }
    }

    #[test]
    fn what_is_collected_twice_is_a_warning() {
        let levels = |images: &[&str], logs| -> Vec<Level> {
            let found: Vec<Collector> = images.iter().map(|image| collector(image)).collect();
            programs(&found, logs).iter().map(|check| check.level).collect()
        };
        assert_eq!(levels(&[], Wish::Auto), [Level::Ok]);
        assert_eq!(levels(&["grafana/promtail:1"], Wish::Auto), [Level::Warning]);
        assert_eq!(levels(&["grafana/promtail:1"], Wish::Off), [Level::Ok]);
        assert_eq!(levels(&["quay.io/prometheus-operator/prometheus-operator:v1"], Wish::Auto), [Level::Ok]);
    }

    #[test]
    fn monitors_are_read_twice_only_where_somebody_reads_them() {
        let monitors = Monitors { counts: [("ServiceMonitor", 3)].into(), namespaces: ["a".to_owned()].into() };
        assert_eq!(of_monitors(&monitors, &[], Wish::Auto).level, Level::Ok);
        let prometheus = [collector("quay.io/prometheus/prometheus:v3")];
        assert_eq!(of_monitors(&monitors, &prometheus, Wish::Auto).level, Level::Warning);
        assert_eq!(of_monitors(&monitors, &prometheus, Wish::Off).level, Level::Ok);
    }
}
