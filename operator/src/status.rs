//! Last step: says on the flag what was found. Written only when something changed, so that no pass causes the next.

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use flagstaff_crds::condition::now;
use flagstaff_crds::{
    ClusterObservability, ClusterObservabilityStatus, ClusterStatus, Condition, ConditionStatus, ObjectsStatus,
    RulesTarget, ServiceObservability, ServiceObservabilityStatus, SettingsStatus, TemplateStatus, set_condition,
};
use flagstaff_model::Reason;

use crate::context::Context;
use crate::dereference::Observed;
use crate::error::{OperatorError, code};
use crate::follow::Judged;
use crate::hub::Standing;
use crate::object::sha256;
use crate::report::Report;
use crate::team::TeamOutcome;

/// Field manager of status, apart from that of objects.
const MANAGER: &str = "flagstaff-status";

/// Sets one condition of a status.
fn set(
    status: &mut ClusterObservabilityStatus,
    generation: i64,
    type_: &str,
    holds: ConditionStatus,
    reason: Reason,
    message: String,
) {
    let condition = Condition {
        type_: type_.into(),
        status: holds,
        reason: reason.as_str().into(),
        message: message.chars().take(4000).collect(),
        last_transition_time: now(),
        observed_generation: generation,
    };
    set_condition(&mut status.conditions, condition);
}

fn holds(it: bool) -> ConditionStatus {
    if it { ConditionStatus::True } else { ConditionStatus::False }
}

/// The new status from the old one and what a pass found.
pub fn compose(
    observed: &Observed,
    report: &Report,
    judged: &Judged,
    hub: Option<&Standing>,
) -> ClusterObservabilityStatus {
    let flag = &observed.flag;
    let generation = flag.metadata.generation.unwrap_or_default();
    let mut status = flag.status.clone().unwrap_or_default();
    if status.observed_generation != generation {
        status.reached.clear();
    }
    status.observed_generation = generation;
    let (ready, reason, message) = report.ready();
    set(&mut status, generation, "Ready", holds(ready), reason, message.clone());
    let progressing = report.is_progressing();
    let progress = if progressing { Reason::Progressing } else { Reason::Settled };
    set(
        &mut status,
        generation,
        "Reconciling",
        holds(progressing),
        progress,
        if progressing { message.clone() } else { String::new() },
    );
    let stalled = report.is_stalled();
    set(
        &mut status,
        generation,
        "Stalled",
        holds(stalled),
        if stalled { reason } else { Reason::Settled },
        if stalled { message } else { String::new() },
    );
    hub_condition(&mut status, generation, hub);
    settings_condition(&mut status, generation, judged);
    status.settings = Some(settings(flag, judged));
    match report {
        Report::Suspended | Report::Undecided | Report::Refused(_) => {}
        Report::Disabled { .. } => {
            status.workloads.clear();
            status.destinations.clear();
            status.objects = Some(ObjectsStatus::default());
            status.template = None;
            status.good_configurations.clear();
            status.scale = None;
            status.evaluator.clear();
            status.conditions.retain(|condition| {
                matches!(condition.type_.as_str(), "Ready" | "Reconciling" | "Stalled" | "Hub" | "Settings")
            });
        }
        Report::Applied(applied) => compose_applied(&mut status, generation, observed, applied),
    }
    status
}

/// How it stands with the hub, where there is one.
fn hub_condition(status: &mut ClusterObservabilityStatus, generation: i64, hub: Option<&Standing>) {
    match hub {
        Some(hub) => set(status, generation, "Hub", holds(hub.is_connected()), hub.reason, hub.message.clone()),
        None => status.conditions.retain(|condition| condition.type_ != "Hub"),
    }
}

/// Whether what the hub sets is followed, where it sets anything.
fn settings_condition(status: &mut ClusterObservabilityStatus, generation: i64, judged: &Judged) {
    match (&judged.refused, judged.wanted.layered) {
        (Some(why), _) => {
            set(status, generation, "Settings", ConditionStatus::False, Reason::SettingsRefused, why.clone());
        }
        (None, true) => {
            let message = format!("follows revision {} of the hub", judged.wanted.revision);
            set(status, generation, "Settings", ConditionStatus::True, Reason::SettingsFollowed, message);
        }
        (None, false) => status.conditions.retain(|condition| condition.type_ != "Settings"),
    }
}

/// What holds of flag and hub together. Until the hub is heard again, what was followed stays said.
fn settings(flag: &ClusterObservability, judged: &Judged) -> SettingsStatus {
    const NAMED: usize = 50;
    let wanted = &judged.wanted;
    if wanted.enabled.is_none()
        && let Some(before) = flag.status.as_ref().and_then(|status| status.settings.clone())
    {
        return before;
    }
    SettingsStatus {
        revision: if wanted.layered { wanted.revision.clone() } else { String::new() },
        enabled: wanted.enabled.unwrap_or_default(),
        enabled_by: wanted.enabled_by.clone(),
        destinations_by: wanted.destinations_by.clone(),
        overridden: wanted.overridden.iter().take(NAMED).map(|one| one.pointer.clone()).collect(),
    }
}

fn compose_applied(
    status: &mut ClusterObservabilityStatus,
    generation: i64,
    observed: &Observed,
    applied: &crate::report::AppliedReport,
) {
    let plan = &applied.plan;
    let cluster = &plan.input.facts.cluster;
    status.cluster = Some(ClusterStatus {
        uid: cluster.uid.clone(),
        name: cluster.name.clone(),
        region: cluster.region.clone(),
        provider: cluster.provider.clone(),
        environment: cluster.environment.clone(),
        version: plan.input.facts.kubernetes_version.clone(),
        nodes: i64::try_from(plan.input.facts.nodes.count).unwrap_or(i64::MAX),
    });
    status.template = Some(TemplateStatus {
        pack: plan.pack.manifest.name.clone(),
        version: plan.pack.manifest.version.clone(),
        digest: plan.pack.digest.clone(),
    });
    status.objects = Some(ObjectsStatus {
        applied: i64::try_from(applied.objects - applied.faults.len()).unwrap_or(i64::MAX),
        workloads: i64::try_from(applied.health.workloads.len()).unwrap_or(i64::MAX),
        ready: i64::try_from(applied.health.workloads.len() - applied.health.unready().len()).unwrap_or(i64::MAX),
    });
    status.workloads = applied.health.workloads.clone();
    status.destinations = plan.destinations.clone();
    status.tolerated_nodes = observed.tolerated_nodes.iter().take(20).cloned().collect();
    status.good_configurations = applied
        .health
        .agents
        .iter()
        .filter_map(|(agent, _)| Some((agent.name.clone(), sha256(agent.good.as_ref()?.as_bytes()))))
        .collect::<BTreeMap<_, _>>();
    let (destinations_ok, reason, message) = applied.destinations();
    set(status, generation, "DestinationsUsable", holds(destinations_ok), reason, message);
    let (reason, message) = applied.health.configuration();
    let accepted = match reason {
        Reason::ConfigurationAccepted => ConditionStatus::True,
        Reason::ConfigurationRefused => ConditionStatus::False,
        _ => ConditionStatus::Unknown,
    };
    set(status, generation, "ConfigurationAccepted", accepted, reason, message);
    let contested: Vec<&str> = applied
        .faults
        .iter()
        .filter(|fault| fault.reason == Reason::Contested)
        .map(|fault| fault.message.as_str())
        .collect();
    set(
        status,
        generation,
        "Contested",
        holds(!contested.is_empty()),
        if contested.is_empty() { Reason::Settled } else { Reason::Contested },
        contested.join("; "),
    );
    let scale = &plan.input.scale;
    status.scale = Some(crate::scale::written(scale));
    let (sheds, reason, message) = crate::scale::condition(scale);
    set(status, generation, "Shedding", holds(sheds), reason, message);
    let beside = plan.beside.join("; ");
    set(
        status,
        generation,
        "BesideForeign",
        holds(!beside.is_empty()),
        if beside.is_empty() { Reason::NoForeign } else { Reason::BesideForeign },
        beside,
    );
    match &plan.update {
        Some(version) => set(
            status,
            generation,
            "UpdateAvailable",
            ConditionStatus::True,
            Reason::UpdateAvailable,
            format!("template base {version} is available; set spec.template.version to {version} to apply it"),
        ),
        None => set(status, generation, "UpdateAvailable", ConditionStatus::False, Reason::UpToDate, String::new()),
    }
    let (evaluator, reason, message) = evaluator(observed, applied);
    status.evaluator = evaluator;
    set(status, generation, "RulesEvaluated", holds(reason == Reason::EvaluatorFound), reason, message);
    status.reached.entry("applied".into()).or_insert_with(|| applied.applied_at.clone());
    if applied.health.unready().is_empty() && applied.health.configuration().0 == Reason::ConfigurationAccepted {
        status.reached.entry("healthy".into()).or_insert_with(crate::report::now_precise);
    }
}

/// Who evaluates the rules, as far as can be told.
fn evaluator(observed: &Observed, applied: &crate::report::AppliedReport) -> (String, Reason, String) {
    let none = |message: &str| (String::new(), Reason::NoEvaluator, message.to_owned());
    match applied.plan.rules {
        RulesTarget::Ruler => ruler(observed, applied),
        RulesTarget::Off => none("rules are switched off (spec.rules.target)"),
        RulesTarget::Prometheusrule => match observed.prometheuses.first() {
            Some(name) => (
                format!("Prometheus {name}"),
                Reason::EvaluatorFound,
                format!("PrometheusRules are for Prometheus {name}; check that its ruleSelector matches"),
            ),
            None => none("PrometheusRules are written, and there is no Prometheus resource that would load them"),
        },
        RulesTarget::Configmap | RulesTarget::Auto if observed.flag.spec.rules.evaluated => (
            "your own Prometheus".into(),
            Reason::EvaluatorFound,
            "ConfigMaps with label flagstaff.dev/rules are said to be loaded by a Prometheus of yours".into(),
        ),
        RulesTarget::Configmap | RulesTarget::Auto => none(
            "rules are in ConfigMaps with label flagstaff.dev/rules; load them into a Prometheus or ruler, then set spec.rules.evaluated",
        ),
    }
}

/// The ruler outside of the cluster, and whether it holds every group.
fn ruler(observed: &Observed, applied: &crate::report::AppliedReport) -> (String, Reason, String) {
    let url = observed.flag.spec.rules.ruler.as_ref().map(|ruler| ruler.url.clone()).unwrap_or_default();
    let evaluator = format!("ruler {url}");
    match applied.outside.first() {
        Some(fault) => (evaluator, fault.reason, fault.message.clone()),
        None => {
            let namespace = crate::outside::namespace(&applied.plan.input.facts.cluster.uid);
            (evaluator, Reason::EvaluatorFound, format!("the rules are in namespace {namespace} of {url}"))
        }
    }
}

/// Writes the status of the flag where it changed; says whether it was written.
///
/// # Errors
/// [`OperatorError`] when the API server refuses it.
pub async fn write(
    context: &Context,
    flag: &ClusterObservability,
    status: &ClusterObservabilityStatus,
) -> Result<bool, OperatorError> {
    if flag.status.as_ref() == Some(status) {
        return Ok(false);
    }
    let api: Api<ClusterObservability> = Api::all(context.client.clone());
    let patch = json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability", "status": status});
    let params = PatchParams { force: true, ..PatchParams::apply(MANAGER) };
    match api.patch_status(&flag.name_any(), &params, &Patch::Apply(&patch)).await {
        Ok(_) => Ok(true),
        Err(error) if code(&error) == Some(404) => Ok(false),
        Err(error) => Err(OperatorError::api("write the status of the flag")(error)),
    }
}

/// Says on the flag that passes fail, and why; all else it says stays as it was. That it cannot be written is logged.
pub async fn say_failed(context: &Context, failure: &OperatorError) {
    if let Err(error) = try_say_failed(context, failure).await {
        tracing::debug!(code = error.code(), "the failure cannot be written to the flag either: {error}");
    }
}

async fn try_say_failed(context: &Context, failure: &OperatorError) -> Result<(), OperatorError> {
    let api: Api<ClusterObservability> = Api::all(context.client.clone());
    let Some(flag) = api.get_opt("cluster").await.map_err(OperatorError::api("get the flag"))? else { return Ok(()) };
    let mut status = flag.status.clone().unwrap_or_default();
    // Of which generation the rest speaks stays as it was.
    let generation = flag.metadata.generation.unwrap_or_default();
    let message = format!("{}: {failure}. What runs is left as it is; it is tried again", failure.code());
    set(&mut status, generation, "Reconciling", ConditionStatus::True, failure.reason(), message);
    write(context, &flag, &status).await.map(|_| ())
}

/// Writes the status of each team's flag where it changed.
///
/// # Errors
/// [`OperatorError`] when the API server refuses one of them.
pub async fn write_teams(
    context: &Context,
    services: &[ServiceObservability],
    outcomes: &[TeamOutcome],
) -> Result<(), OperatorError> {
    for outcome in outcomes {
        let service = services
            .iter()
            .find(|s| s.name_any() == outcome.name && s.namespace().as_deref() == Some(&outcome.namespace));
        let Some(service) = service else { continue };
        let mut status = service.status.clone().unwrap_or_default();
        compose_team(&mut status, outcome);
        if service.status.as_ref() == Some(&status) {
            continue;
        }
        let api: Api<ServiceObservability> = Api::namespaced(context.client.clone(), &outcome.namespace);
        let patch = json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ServiceObservability", "status": status});
        let params = PatchParams { force: true, ..PatchParams::apply(MANAGER) };
        match api.patch_status(&outcome.name, &params, &Patch::Apply(&patch)).await {
            Ok(_) => {}
            Err(error) if code(&error) == Some(404) => {}
            Err(error) => {
                return Err(OperatorError::api(format!(
                    "write the status of ServiceObservability {}/{}",
                    outcome.namespace, outcome.name
                ))(error));
            }
        }
    }
    Ok(())
}

fn compose_team(status: &mut ServiceObservabilityStatus, outcome: &TeamOutcome) {
    status.observed_generation = outcome.generation;
    status.rules = i64::try_from(outcome.rules).unwrap_or(i64::MAX);
    let (holds, reason, message) = if outcome.problems.is_empty() {
        (ConditionStatus::True, Reason::Healthy, "its pods are scraped and its rules are loaded".to_owned())
    } else {
        let named: Vec<String> = outcome.problems.iter().take(10).map(ToString::to_string).collect();
        (ConditionStatus::False, Reason::TemplateInvalid, named.join("; "))
    };
    let condition = Condition {
        type_: "Ready".into(),
        status: holds,
        reason: reason.as_str().into(),
        message,
        last_transition_time: now(),
        observed_generation: outcome.generation,
    };
    set_condition(&mut status.conditions, condition);
}
