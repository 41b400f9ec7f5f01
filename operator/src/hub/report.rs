//! What this cluster tells the hub of itself: its flag, what is installed, and its own health in numbers.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::ResourceExt;

use flagstaff_crds::{ClusterObservability, ClusterObservabilityStatus, Condition, ConditionStatus};
use flagstaff_model::wire::{
    Capacity, ClusterFacts, ConditionReport, FlagReport, Gauges, ObjectCounts, ProblemReport, SettingsReport,
    StatusReport, TemplateReport, Truth,
};
use flagstaff_model::{ClusterIdentity, Facts, Reason};

use crate::agent::{self, Usage};
use crate::context::Context;

/// At most so many problems are told.
const PROBLEMS: usize = 20;
/// Workloads that run agents have names that begin so.
const AGENT: &str = "flagstaff-agent-";

/// Counters as they were, for rates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    samples: Option<Count>,
    cpu_seconds: Option<Count>,
}

/// What is compared with the next time.
#[derive(Debug, Clone, Copy)]
struct Count {
    total: f64,
    at: Instant,
    rate: Option<f64>,
}

/// A rate is taken over no less than this: agents are asked for their counts every ten seconds only.
const RATE_OVER: Duration = Duration::from_secs(30);

/// Who the cluster is: as found, with what the flag says instead.
pub fn identity(facts: &Facts, flag: &ClusterObservability) -> ClusterIdentity {
    let mut cluster = facts.cluster.clone();
    flag.spec.cluster.overlay(&mut cluster);
    cluster
}

/// What the cluster is like.
pub fn facts(facts: &Facts) -> ClusterFacts {
    let nodes = &facts.nodes;
    ClusterFacts {
        kubernetes_version: facts.kubernetes_version.clone(),
        node_count: u64::try_from(nodes.count).ok(),
        architectures: nodes.architectures.iter().cloned().collect(),
        simulated_nodes: nodes.simulated > 0,
        capacity: Capacity {
            cpu_cores: (nodes.cpu_millicores > 0).then_some(nodes.cpu_millicores as f64 / 1000.0),
            memory_bytes: (nodes.memory_bytes > 0).then_some(nodes.memory_bytes),
        },
    }
}

/// The flag, and what became of the hub's settings as it was known before the flag was read: never newer than the flag's own word.
pub struct Told {
    /// The flag.
    pub flag: ClusterObservability,
    /// What became of the settings.
    pub settings: SettingsReport,
}

/// The whole report; the sender adds who it is.
pub async fn compose(
    context: &Context,
    found: &Facts,
    Told { flag, settings }: &Told,
    before: &mut Before,
) -> StatusReport {
    let status = flag.status.clone().unwrap_or_default();
    let usage = agent::usage(context, &agent_names(&status)).await;
    StatusReport {
        sent_at: Some(Timestamp::now()),
        cluster: identity(found, flag),
        facts: facts(found),
        operator_version: env!("CARGO_PKG_VERSION").into(),
        flag: Some(flag_report(flag, &status)),
        template: status
            .template
            .as_ref()
            .map(|template| TemplateReport { pack: template.pack.clone(), version: template.version.clone() }),
        objects: ObjectCounts {
            applied: status.objects.as_ref().map_or(0, |objects| number(objects.applied)),
            contested: contested(&status.conditions),
        },
        problems: problems(&status),
        gauges: gauges(&status, &usage, before),
        settings: Some(settings.clone()),
        ..StatusReport::default()
    }
}

fn agent_names(status: &ClusterObservabilityStatus) -> Vec<String> {
    let names = status.workloads.iter().filter_map(|workload| workload.name.split('/').nth(1));
    names.filter(|name| name.starts_with(AGENT)).map(str::to_owned).collect()
}

fn flag_report(flag: &ClusterObservability, status: &ClusterObservabilityStatus) -> FlagReport {
    let holds = status.settings.clone().unwrap_or_default();
    let ready = status.conditions.iter().find(|condition| condition.type_ == "Ready");
    FlagReport {
        enabled: flag.spec.enabled.unwrap_or(holds.enabled),
        suspended: flag.spec.suspend || ready.is_some_and(|ready| ready.reason == Reason::Suspended.as_str()),
        set_by: match flag.spec.enabled {
            None if !holds.enabled_by.is_empty() => format!("hub, {}", holds.enabled_by),
            _ => set_by(flag),
        },
        ready: ready.map(|ready| truth(&ready.status)).unwrap_or_default(),
        reason: ready.map(|ready| ready.reason.clone()).unwrap_or_default(),
        message: ready.map(|ready| short(&ready.message)).unwrap_or_default(),
        since: ready.and_then(since),
        observed_generation: Some(status.observed_generation),
        conditions: status
            .conditions
            .iter()
            .map(|condition| ConditionReport {
                kind: condition.type_.clone(),
                status: truth(&condition.status),
                reason: condition.reason.clone(),
                message: short(&condition.message),
                since: since(condition),
            })
            .collect(),
    }
}

/// The field manager that set the spec last.
fn set_by(flag: &ClusterObservability) -> String {
    let mut entries: Vec<_> = flag
        .managed_fields()
        .iter()
        .filter(|entry| entry.fields_v1.as_ref().is_some_and(|fields| fields.0.get("f:spec").is_some()))
        .collect();
    entries.sort_by_key(|entry| entry.time.as_ref().map(|time| time.0));
    entries.last().and_then(|entry| entry.manager.clone()).unwrap_or_default()
}

fn truth(status: &ConditionStatus) -> Truth {
    match status {
        ConditionStatus::True => Truth::True,
        ConditionStatus::False => Truth::False,
        ConditionStatus::Unknown => Truth::Unknown,
    }
}

fn since(condition: &Condition) -> Option<Timestamp> {
    condition.last_transition_time.parse().ok()
}

/// Messages are for one line of a page; the whole one stands on the flag.
fn short(message: &str) -> String {
    message.chars().take(400).collect()
}

fn contested(conditions: &[Condition]) -> u64 {
    let contested =
        conditions.iter().find(|condition| condition.type_ == "Contested" && condition.status == ConditionStatus::True);
    contested.map_or(0, |condition| condition.message.split("; ").count() as u64)
}

/// What is wrong beside the conditions, which are told whole: workloads that wait, destinations that cannot be used.
fn problems(status: &ClusterObservabilityStatus) -> Vec<ProblemReport> {
    let workloads = status.workloads.iter().map(|workload| (workload.name.clone(), &workload.message));
    let destinations = status
        .destinations
        .iter()
        .map(|destination| (format!("destination {}", destination.name), &destination.message));
    let told = workloads.chain(destinations).filter(|(_, message)| !message.is_empty());
    told.map(|(place, message)| ProblemReport { place, message: short(message) }).take(PROBLEMS).collect()
}

fn gauges(status: &ClusterObservabilityStatus, usage: &Usage, before: &mut Before) -> Gauges {
    let agents: Vec<_> = status
        .workloads
        .iter()
        .filter(|workload| workload.name.split('/').nth(1).is_some_and(|name| name.starts_with(AGENT)))
        .collect();
    let any = !agents.is_empty();
    let (sending, load, now) = (&usage.sending, &usage.load, Instant::now());
    before.samples = sending.samples_total.map(|total| measure(total, before.samples, now));
    before.cpu_seconds = load.cpu_seconds_total.map(|total| measure(total, before.cpu_seconds, now));
    Gauges {
        agents_ready: any.then(|| agents.iter().map(|agent| number(agent.ready)).sum()),
        agents_wanted: any.then(|| agents.iter().map(|agent| number(agent.desired)).sum()),
        series: sending.series.map(|series| series as u64),
        samples_per_second: before.samples.and_then(|count| count.rate),
        agent_memory_bytes: load.memory_bytes.map(|bytes| bytes as u64),
        agent_cpu_cores: before.cpu_seconds.and_then(|count| count.rate),
        remote_write_failures: sending.failed_samples_total.map(|failed| failed as u64),
        last_sample_at: sending
            .last_sample_seconds
            .and_then(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()),
        ..Gauges::default()
    }
}

/// Takes in a new count: the rate since the last one that is old enough, or the last rate.
fn measure(total: f64, before: Option<Count>, at: Instant) -> Count {
    let Some(before) = before else { return Count { total, at, rate: None } };
    let passed = at.duration_since(before.at);
    if total < before.total {
        // An agent started again, and what it counted since cannot be told from what it counted in all.
        return Count { total, at, rate: None };
    }
    if passed < RATE_OVER {
        return before;
    }
    Count { total, at, rate: Some((total - before.total) / passed.as_secs_f64()) }
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(type_: &str, status: ConditionStatus) -> Condition {
        Condition {
            type_: type_.into(),
            status,
            reason: "Because".into(),
            message: "one; two".into(),
            last_transition_time: "2026-11-22T03:00:00Z".into(),
            observed_generation: 1,
        }
    }

    #[test]
    fn what_waits_is_named_and_contested_objects_are_counted() {
        let workload = |name: &str, message: &str| flagstaff_crds::WorkloadStatus {
            name: name.into(),
            message: message.into(),
            ..Default::default()
        };
        let status = ClusterObservabilityStatus {
            conditions: vec![condition("Contested", ConditionStatus::True)],
            workloads: vec![workload("DaemonSet/a", ""), workload("Deployment/b", "0 of 1 pods are ready")],
            ..Default::default()
        };
        let told = problems(&status);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].place.as_str(), told[0].message.as_str()), ("Deployment/b", "0 of 1 pods are ready"));
        assert_eq!(contested(&status.conditions), 2);
    }

    #[test]
    fn a_rate_needs_time_and_no_restart() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let first = measure(100.0, None, start);
        assert_eq!(first.rate, None);
        let soon = measure(150.0, Some(first), after(5));
        assert_eq!((soon.rate, soon.total), (None, 100.0), "too soon: the same count may be told twice");
        let later = measure(400.0, Some(soon), after(30));
        assert_eq!(later.rate, Some(10.0));
        assert_eq!(measure(410.0, Some(later), after(35)).rate, Some(10.0), "until the next one");
        assert_eq!(measure(5.0, Some(later), after(60)).rate, None, "a counter that begins anew gives no rate");
        let nothing = gauges(&ClusterObservabilityStatus::default(), &Usage::default(), &mut Before::default());
        assert_eq!(nothing.agents_wanted, None, "no agents: not known, not zero");
    }
}
