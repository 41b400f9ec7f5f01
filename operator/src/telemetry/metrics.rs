//! The operator's own metrics, all beginning with `flagstaff_operator_`.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::PREFIX;
use super::process::Process;

/// How a reconcile ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Everything is as it should be.
    Success,
    /// Applied, and waited for.
    Waiting,
    /// Refused for something a person has to mend.
    Refused,
    /// Failed, and tried again.
    Error,
}

/// What an object that we own is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectState {
    /// Applied and ready.
    Ready,
    /// Applied and not ready yet.
    Waiting,
    /// Not applied: it failed.
    Failed,
    /// Left to another manager that keeps changing it.
    Contested,
    /// Not applied: one of that name exists that is not ours.
    NotOurs,
}

impl ObjectState {
    const ALL: [Self; 5] = [Self::Ready, Self::Waiting, Self::Failed, Self::Contested, Self::NotOurs];
}

/// How the API server was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Server-side apply.
    Apply,
    /// Creation.
    Create,
    /// Any other change.
    Update,
    /// The status subresource.
    Status,
    /// Deletion.
    Delete,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteResult {
    /// Accepted.
    Ok,
    /// Refused, because another manager or version stood against it.
    Conflict,
    /// Failed otherwise.
    Error,
}

/// Labels whose values are a closed list of words.
macro_rules! words {
    ($($of:ident { $($name:ident => $word:literal),+ $(,)? })+) => {$(
        impl EncodeLabelValue for $of {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
                EncodeLabelValue::encode(&match self { $(Self::$name => $word),+ }, encoder)
            }
        }
    )+};
}

words! {
    Outcome { Success => "success", Waiting => "waiting", Refused => "refused", Error => "error" }
    ObjectState { Ready => "ready", Waiting => "waiting", Failed => "failed", Contested => "contested", NotOurs => "not_ours" }
    Verb { Apply => "apply", Create => "create", Update => "update", Status => "status", Delete => "delete" }
    WriteResult { Ok => "ok", Conflict => "conflict", Error => "error" }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reconciles {
    kind: String,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Objects {
    state: ObjectState,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Writes {
    verb: Verb,
    kind: String,
    result: WriteResult,
}

/// Handles to the metrics; clones share them. Kinds are such as `ClusterObservability` or `ConfigMap`, never names.
#[derive(Clone)]
pub struct Metrics {
    reconciles: Family<Reconciles, Counter>,
    durations: Family<OfKind, Histogram, fn() -> Histogram>,
    objects: Family<Objects, Gauge>,
    writes: Family<Writes, Counter>,
    conflicts: Family<OfKind, Counter>,
    pruned: Family<OfKind, Counter>,
    last_success: Family<OfKind, Gauge<f64, AtomicU64>>,
    leader: Gauge,
    cluster_agents: Gauge,
    shed_monitors: Gauge,
}

impl Metrics {
    /// Registers the operator's metrics, and those of the process, in `registry`.
    pub fn register(registry: &mut Registry) -> Self {
        registry.register_collector(Box::new(Process));
        let registry = registry.sub_registry_with_prefix(PREFIX);
        let build = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "Version of the operator", Info::new(build));
        let metrics = Self {
            reconciles: Family::default(),
            durations: Family::new_with_constructor(histogram),
            objects: Family::default(),
            writes: Family::default(),
            conflicts: Family::default(),
            pruned: Family::default(),
            last_success: Family::default(),
            leader: Gauge::default(),
            cluster_agents: Gauge::default(),
            shed_monitors: Gauge::default(),
        };
        registry.register("reconciles", "Reconciles that ended", metrics.reconciles.clone());
        registry.register("reconcile_duration_seconds", "How long reconciles took", metrics.durations.clone());
        registry.register("objects", "Objects that the operator owns", metrics.objects.clone());
        registry.register("api_writes", "Writes to the API server", metrics.writes.clone());
        registry.register("conflicts", "Fields that another manager had changed", metrics.conflicts.clone());
        registry.register("pruned", "Objects deleted because nothing asks for them any more", metrics.pruned.clone());
        registry.register(
            "last_success_timestamp_seconds",
            "When a reconcile last ended with everything as it should be",
            metrics.last_success.clone(),
        );
        registry.register("leader", "1 where this replica leads", metrics.leader.clone());
        registry.register(
            "cluster_agents",
            "Replicas of the cluster agent that are wanted",
            metrics.cluster_agents.clone(),
        );
        let about = "Monitors that the cluster agents leave out to keep below their memory cap";
        registry.register("shed_monitors", about, metrics.shed_monitors.clone());
        metrics
    }

    /// A reconcile ended.
    pub fn reconciled(&self, kind: &str, outcome: Outcome, took: Duration) {
        let of_kind = OfKind { kind: kind.to_owned() };
        self.reconciles.get_or_create(&Reconciles { kind: kind.to_owned(), outcome }).inc();
        self.durations.get_or_create(&of_kind).observe(took.as_secs_f64());
        if outcome == Outcome::Success {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            self.last_success.get_or_create(&of_kind).set(now.as_secs_f64());
        }
    }

    /// How many objects there are now in each state; a state not named has none.
    pub fn objects(&self, counts: impl IntoIterator<Item = (ObjectState, usize)>) {
        let mut all = ObjectState::ALL.map(|state| (state, 0_usize));
        for (state, count) in counts {
            for entry in all.iter_mut().filter(|entry| entry.0 == state) {
                entry.1 += count;
            }
        }
        for (state, count) in all {
            self.objects.get_or_create(&Objects { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// The API server was written to.
    pub fn wrote(&self, verb: Verb, kind: &str, result: WriteResult) {
        self.writes.get_or_create(&Writes { verb, kind: kind.to_owned(), result }).inc();
    }

    /// Another manager had changed fields of ours.
    pub fn conflicted(&self, kind: &str) {
        self.conflicts.get_or_create(&OfKind { kind: kind.to_owned() }).inc();
    }

    /// An object was pruned.
    pub fn pruned(&self, kind: &str) {
        self.pruned.get_or_create(&OfKind { kind: kind.to_owned() }).inc();
    }

    /// How many cluster agents there are to be, and how many monitors they leave out.
    pub fn scaled(&self, replicas: u32, shed: usize) {
        self.cluster_agents.set(i64::from(replicas));
        self.shed_monitors.set(i64::try_from(shed).unwrap_or(i64::MAX));
    }

    /// Whether this replica leads.
    pub fn leads(&self, leading: bool) {
        self.leader.set(i64::from(leading));
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0])
}

#[cfg(test)]
mod tests {
    use super::super::encode;
    use super::*;

    #[test]
    fn every_metric_has_the_prefix_and_says_what_was_done() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        metrics.reconciled("ClusterObservability", Outcome::Success, Duration::from_millis(300));
        metrics.objects([(ObjectState::Ready, 3), (ObjectState::Ready, 2), (ObjectState::Contested, 1)]);
        metrics.objects([(ObjectState::Ready, 5)]);
        metrics.wrote(Verb::Apply, "ConfigMap", WriteResult::Conflict);
        metrics.conflicted("ConfigMap");
        metrics.pruned("Service");
        metrics.leads(true);
        let text = encode(&registry);
        for line in [
            r#"flagstaff_operator_reconciles_total{kind="ClusterObservability",outcome="success"} 1"#,
            r#"flagstaff_operator_reconcile_duration_seconds_bucket{le="0.5",kind="ClusterObservability"} 1"#,
            r#"flagstaff_operator_objects{state="ready"} 5"#,
            r#"flagstaff_operator_objects{state="contested"} 0"#,
            r#"flagstaff_operator_api_writes_total{verb="apply",kind="ConfigMap",result="conflict"} 1"#,
            r#"flagstaff_operator_conflicts_total{kind="ConfigMap"} 1"#,
            r#"flagstaff_operator_pruned_total{kind="Service"} 1"#,
            "flagstaff_operator_leader 1",
            concat!(r#"flagstaff_operator_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(text.contains(r#"flagstaff_operator_last_success_timestamp_seconds{kind="ClusterObservability"} 1"#));
        let foreign = text
            .lines()
            .find(|line| !line.starts_with(['#']) && !line.starts_with(PREFIX) && !line.starts_with("process_"));
        assert_eq!(foreign, None);
    }
}
