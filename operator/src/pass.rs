//! One pass over the flag: dereference → validate → build (the hub's newest word, else its last good one) → apply → prune → wait → status.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use kube::ResourceExt;
use kube::api::Api;
use tokio_util::sync::CancellationToken;

use flagstaff_crds::ClusterObservability;
use flagstaff_model::Reason;

use crate::applyset::{self, Extent};
use crate::context::Context;
use crate::error::OperatorError;
use crate::follow::{self, Step};
use crate::object::{ObjectId, sha256};
use crate::report::{AppliedReport, Report, now_precise};
use crate::telemetry::{ObjectState, Outcome};
use crate::{agent::Verdict, apply, build, dereference, outside, prune, scale, status, validate, wait};

/// When the next pass is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once: something was learned that has to be applied.
    Now,
    /// Soon: something is being waited for.
    Soon,
    /// At the next change, or at the next look without one.
    Later,
}

/// Does one pass.
///
/// # Errors
/// [`OperatorError`] when the pass could not be finished; nothing was removed by it then.
pub async fn run(context: &Context, stop: &CancellationToken) -> Result<(Next, Outcome), OperatorError> {
    let api: Api<ClusterObservability> = Api::all(context.client.clone());
    let Some(flag) = api.get_opt("cluster").await.map_err(OperatorError::api("get the flag"))? else {
        // Without a flag there is nothing to do: what belonged to it goes by its owner references.
        let mut memory = context.memory();
        *memory = Default::default();
        return Ok((Next::Later, Outcome::Success));
    };
    if flag.metadata.deletion_timestamp.is_some() {
        let left = outside::leave(context, &flag).await?;
        return Ok(if left.is_empty() { (Next::Later, Outcome::Success) } else { (Next::Soon, Outcome::Waiting) });
    }
    for kind in Extent::of(&flag).kinds {
        context.live.watch(&context.client, kind, &applyset::id(&flag.name_any()), stop);
    }
    let observed = dereference::read(context, flag).await?;
    let (judged, step) = follow::judge(context, &observed);
    let (report, next) = act(context, &observed, step, stop).await?;
    let hub = context.memory().hub.clone();
    let composed = status::compose(&observed, &report, &judged, hub.as_ref());
    let was_ready = is_ready(observed.flag.status.as_ref());
    let written = status::write(context, &observed.flag, &composed).await?;
    follow::remember(context, &judged, &report);
    let (ready, reason, message) = report.ready();
    if written && ready != was_ready {
        let type_ =
            if ready { kube::runtime::events::EventType::Normal } else { kube::runtime::events::EventType::Warning };
        context.tell(&observed.flag, type_, reason.as_str(), "Reconcile", message).await;
    }
    Ok((next, outcome(&report)))
}

fn outcome(report: &Report) -> Outcome {
    let (ready, reason, _) = report.ready();
    match report {
        _ if ready || matches!(reason, Reason::Disabled | Reason::Suspended) => Outcome::Success,
        _ if report.is_stalled() => Outcome::Refused,
        _ => Outcome::Waiting,
    }
}

fn count_objects(context: &Context, count: usize, faults: &[apply::Fault], health: &wait::Health) {
    let with = |reason: Reason| faults.iter().filter(|fault| fault.reason == reason).count();
    let (contested, not_ours) = (with(Reason::Contested), with(Reason::NotOurs));
    let failed = faults.len() - contested - not_ours;
    let waiting = health.unready().len();
    context.metrics.objects([
        (ObjectState::Contested, contested),
        (ObjectState::NotOurs, not_ours),
        (ObjectState::Failed, failed),
        (ObjectState::Waiting, waiting),
        (ObjectState::Ready, count.saturating_sub(faults.len() + waiting)),
    ]);
}

fn is_ready(status: Option<&flagstaff_crds::ClusterObservabilityStatus>) -> bool {
    status.is_some_and(|status| {
        status.conditions.iter().any(|c| c.type_ == "Ready" && c.status == flagstaff_crds::ConditionStatus::True)
    })
}

async fn act(
    context: &Context,
    observed: &dereference::Observed,
    step: Result<Step, validate::Refusal>,
    stop: &CancellationToken,
) -> Result<(Report, Next), OperatorError> {
    let flag = &observed.flag;
    match step {
        Err(refusal) => Ok((Report::Refused(refusal), Next::Later)),
        Ok(Step::Leave) => Ok((Report::Suspended, Next::Later)),
        Ok(Step::Undecided) => Ok((Report::Undecided, Next::Later)),
        Ok(Step::Remove) => {
            scale::forget(context);
            let outcome = prune::prune(context, flag, &HashSet::new(), &Extent::default(), true).await?;
            let mut left = outcome.left;
            left.extend(outside::leave(context, flag).await?);
            let next = if left.is_empty() { Next::Later } else { Next::Soon };
            Ok((Report::Disabled { left }, next))
        }
        Ok(Step::Install(plan, built)) => {
            scale::allow(context, &plan.input);
            install(context, observed, *plan, *built, stop).await
        }
    }
}

async fn install(
    context: &Context,
    observed: &dereference::Observed,
    plan: validate::Plan,
    built: build::Built,
    stop: &CancellationToken,
) -> Result<(Report, Next), OperatorError> {
    let flag = &observed.flag;
    let extent = Extent { kinds: built.resources.kinds(), namespaces: built.resources.namespaces() };
    let keep: HashSet<ObjectId> = built.resources.objects.iter().map(|object| object.id.clone()).collect();
    let fingerprint = fingerprint(&built);
    let count = keep.len();
    for kind in &extent.kinds {
        context.live.watch(&context.client, kind, &applyset::id(&flag.name_any()), stop);
    }
    let applied = apply::apply(context, flag, built.resources, flag.spec.adopt).await?;
    let applied_at = now_precise();
    let pruned = if prune_is_due(context, &keep) {
        let follow = built.agents.iter().all(|agent| agent.good.as_deref() == Some(agent.candidate.as_str()));
        let outcome = prune::prune(context, flag, &keep, &extent, follow).await?;
        if outcome.is_clean() {
            context.memory().pruned = Some(keep_hash(&keep));
        }
        outcome
    } else {
        prune::Outcome::default()
    };
    let outside = outside::settle(context, flag, built.ruler.as_ref()).await?;
    let health = wait::look(context, &applied.resources, &built.agents, observed.tolerated_nodes.len()).await?;
    status::write_teams(context, &observed.services, &built.teams).await?;
    count_objects(context, count, &applied.faults, &health);
    let overdue = overdue(context, &fingerprint);
    let promoted = promote(context, &health);
    let settled =
        health.unready().is_empty() && health.agents.iter().all(|(_, verdict)| !matches!(verdict, Verdict::Pending(_)));
    let settled = settled && applied.faults.is_empty() && pruned.is_clean();
    let report = Report::Applied(Box::new(AppliedReport {
        plan,
        objects: count,
        faults: applied.faults,
        left: pruned.left,
        outside,
        health,
        overdue,
        applied_at,
    }));
    // What is said to be waited for, silent agents too, is looked at again soon: that wait ends by time, not by a change.
    let next = match (promoted, settled && !report.is_progressing()) {
        (true, _) => Next::Now,
        (false, true) => Next::Later,
        (false, false) => Next::Soon,
    };
    Ok((report, next))
}

/// A configuration that every pod of a ready workload runs is good from now on; says whether one became so.
fn promote(context: &Context, health: &wait::Health) -> bool {
    let mut any = false;
    for (agent, verdict) in &health.agents {
        let name = format!("{}/{}", agent.workload_kind, agent.workload_name);
        let ready = health.workloads.iter().any(|workload| workload.name == name && workload.message.is_empty());
        if *verdict == Verdict::Accepted && ready && agent.good.as_deref() != Some(agent.candidate.as_str()) {
            context.memory().promoted.insert(agent.name.clone(), sha256(agent.candidate.as_bytes()));
            any = true;
        }
    }
    any
}

/// Lists are read only when something may be there that should not be.
fn prune_is_due(context: &Context, keep: &HashSet<ObjectId>) -> bool {
    context.memory().pruned.as_deref() != Some(keep_hash(keep).as_str()) || context.live.any_besides(keep)
}

fn keep_hash(keep: &HashSet<ObjectId>) -> String {
    let mut names: Vec<String> = keep.iter().map(ToString::to_string).collect();
    names.sort();
    sha256(names.join("\n").as_bytes())
}

fn fingerprint(built: &build::Built) -> String {
    let hashes: Vec<&str> = built
        .resources
        .objects
        .iter()
        .filter(|o| o.id.kind.is_workload() || o.id.kind.kind == "ConfigMap")
        .map(|o| o.hash.as_str())
        .collect();
    sha256(hashes.join("").as_bytes())
}

/// Whether the same set has been waited for longer than the settings allow.
fn overdue(context: &Context, fingerprint: &str) -> bool {
    let limit = Duration::from_secs(context.settings.health_seconds);
    let mut memory = context.memory();
    match &memory.waiting_since {
        Some((known, since)) if known == fingerprint => since.elapsed() > limit,
        _ => {
            memory.waiting_since = Some((fingerprint.to_owned(), Instant::now()));
            false
        }
    }
}
