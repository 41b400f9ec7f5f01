//! What this cluster tells the hub of itself: its flag, what is installed, and its own health in numbers.

use std::time::Instant;

use jiff::Timestamp;
use kube::ResourceExt;

use flagstaff_crds::{ClusterObservability, ClusterObservabilityStatus, Condition, ConditionStatus};
use flagstaff_model::wire::{
    Capacity, ClusterFacts, ConditionReport, FlagReport, Gauges, ObjectCounts, ProblemReport, StatusReport,
    TemplateReport, Truth,
};
use flagstaff_model::{ClusterIdentity, Facts};

use crate::agent::{self, Sum};
use crate::context::Context;

/// Conditions that are well when they are `False`; all others are well when they are `True`.
const WELL_WHEN_FALSE: [&str; 5] = ["Reconciling", "Stalled", "Contested", "BesideForeign", "UpdateAvailable"];
/// Conditions that are told by another one, or that are no fault.
const NO_PROBLEM: [&str; 5] = ["Reconciling", "Stalled", "BesideForeign", "UpdateAvailable", "Hub"];
/// At most so many problems are told.
const PROBLEMS: usize = 20;
/// Workloads that run agents have names that begin so.
const AGENT: &str = "flagstaff-agent-";

/// What is compared with the next time, for rates.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    samples_total: f64,
    at: Instant,
}

/// Who the cluster is: as found, with what the flag says instead.
pub fn identity(facts: &Facts, flag: Option<&ClusterObservability>) -> ClusterIdentity {
    let mut cluster = facts.cluster.clone();
    if let Some(flag) = flag {
        flag.spec.cluster.overlay(&mut cluster);
    }
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

/// The whole report; the sender adds who it is.
pub async fn compose(
    context: &Context,
    found: &Facts,
    flag: Option<&ClusterObservability>,
    before: &mut Option<Before>,
) -> StatusReport {
    let status = flag.and_then(|flag| flag.status.clone()).unwrap_or_default();
    let sum = agent::sum(context, &agent_names(&status)).await;
    StatusReport {
        sent_at: Some(Timestamp::now()),
        cluster: identity(found, flag),
        facts: facts(found),
        operator_version: env!("CARGO_PKG_VERSION").into(),
        flag: flag.map(|flag| flag_report(flag, &status)),
        template: status
            .template
            .as_ref()
            .map(|template| TemplateReport { pack: template.pack.clone(), version: template.version.clone() }),
        objects: ObjectCounts {
            applied: status.objects.as_ref().map_or(0, |objects| number(objects.applied)),
            contested: contested(&status.conditions),
        },
        problems: problems(&status),
        gauges: gauges(&status, &sum, before),
        ..StatusReport::default()
    }
}

fn agent_names(status: &ClusterObservabilityStatus) -> Vec<String> {
    let names = status.workloads.iter().filter_map(|workload| workload.name.split('/').nth(1));
    names.filter(|name| name.starts_with(AGENT)).map(str::to_owned).collect()
}

fn flag_report(flag: &ClusterObservability, status: &ClusterObservabilityStatus) -> FlagReport {
    let ready = status.conditions.iter().find(|condition| condition.type_ == "Ready");
    FlagReport {
        enabled: flag.spec.enabled,
        suspended: flag.spec.suspend,
        set_by: set_by(flag),
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

/// What is wrong: conditions that are not as they should be, then workloads that wait.
fn problems(status: &ClusterObservabilityStatus) -> Vec<ProblemReport> {
    let wrong = |condition: &&Condition| {
        let well = match WELL_WHEN_FALSE.contains(&condition.type_.as_str()) {
            true => ConditionStatus::False,
            false => ConditionStatus::True,
        };
        condition.status != well && !NO_PROBLEM.contains(&condition.type_.as_str())
    };
    let conditions = status.conditions.iter().filter(wrong).map(|condition| ProblemReport {
        place: format!("ClusterObservability cluster: {}={}", condition.type_, condition.reason),
        message: short(&condition.message),
    });
    let workloads = status
        .workloads
        .iter()
        .filter(|workload| !workload.message.is_empty())
        .map(|workload| ProblemReport { place: workload.name.clone(), message: short(&workload.message) });
    conditions.chain(workloads).take(PROBLEMS).collect()
}

fn gauges(status: &ClusterObservabilityStatus, sum: &Sum, before: &mut Option<Before>) -> Gauges {
    let agents: Vec<_> = status
        .workloads
        .iter()
        .filter(|workload| workload.name.split('/').nth(1).is_some_and(|name| name.starts_with(AGENT)))
        .collect();
    let any = !agents.is_empty();
    let now = sum.sending.samples_total.map(|samples_total| Before { samples_total, at: Instant::now() });
    let rate = match (now, *before) {
        // Fewer than before: an agent started again, and what it sent since cannot be told from what it sent in all.
        (Some(now), Some(then)) if now.samples_total >= then.samples_total => {
            Some((now.samples_total - then.samples_total) / now.at.duration_since(then.at).as_secs_f64().max(0.001))
        }
        _ => None,
    };
    *before = now;
    Gauges {
        agents_ready: any.then(|| agents.iter().map(|agent| number(agent.ready)).sum()),
        agents_wanted: any.then(|| agents.iter().map(|agent| number(agent.desired)).sum()),
        series: sum.sending.series.map(|series| series as u64),
        samples_per_second: rate,
        remote_write_failures: sum.sending.failed_samples_total.map(|failed| failed as u64),
        last_sample_at: sum
            .sending
            .last_sample_seconds
            .and_then(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()),
        ..Gauges::default()
    }
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
    fn only_what_is_not_well_is_a_problem() {
        let status = ClusterObservabilityStatus {
            conditions: vec![
                condition("Ready", ConditionStatus::True),
                condition("Contested", ConditionStatus::True),
                condition("RulesEvaluated", ConditionStatus::False),
                condition("UpdateAvailable", ConditionStatus::True),
                condition("Reconciling", ConditionStatus::True),
            ],
            ..Default::default()
        };
        let places: Vec<String> = problems(&status).into_iter().map(|problem| problem.place).collect();
        assert_eq!(
            places,
            ["ClusterObservability cluster: Contested=Because", "ClusterObservability cluster: RulesEvaluated=Because"]
        );
        assert_eq!(contested(&status.conditions), 2);
    }

    #[test]
    fn a_rate_needs_two_reports_and_no_restart() {
        let sum =
            |total: f64| Sum { sending: crate::sidecar::Sending { samples_total: Some(total), ..Default::default() } };
        let status = ClusterObservabilityStatus::default();
        let mut before = None;
        assert_eq!(gauges(&status, &sum(100.0), &mut before).samples_per_second, None);
        assert!(gauges(&status, &sum(200.0), &mut before).samples_per_second.is_some_and(|rate| rate > 0.0));
        let restarted = gauges(&status, &sum(10.0), &mut before);
        assert_eq!(restarted.samples_per_second, None, "a counter that begins anew gives no rate");
        assert_eq!(restarted.agents_wanted, None, "no agents: not known, not zero");
    }
}
