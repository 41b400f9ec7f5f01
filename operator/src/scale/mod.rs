//! Keeps the cluster agents below their memory cap: more replicas first, then the least important monitors are left out, by name.

mod decision;

use std::sync::Arc;
use std::time::Duration;

use kube::api::Api;
use kube::runtime::events::EventType;
use tokio_util::sync::CancellationToken;

use flagstaff_crds::{ClusterObservability, ClusterObservabilityStatus, ScaleStatus};
use flagstaff_model::{LayeredValues, Reason};
use flagstaff_template::{Input, Scale};

pub use decision::{Limits, Watch};
use decision::{Load, Step};

use crate::agent;
use crate::context::Context;
use crate::error::OperatorError;

/// The workload whose replicas share the targets.
const WORKLOAD: &str = "flagstaff-agent-cluster";

/// What holds now: what was decided last, or what the flag's status has from before.
pub fn current(context: &Context, status: Option<&ClusterObservabilityStatus>) -> Scale {
    let mut memory = context.memory();
    let watch = memory.scale.get_or_insert_with(|| {
        let written = status.and_then(|status| status.scale.clone()).unwrap_or_default();
        Watch::from(Scale { replicas: u32::try_from(written.replicas).unwrap_or_default(), shed: written.shed })
    });
    watch.scale.clone()
}

/// From now on the cluster agents may grow as this input says.
pub fn allow(context: &Context, input: &Input) {
    context.memory().scale_limits = Some(limits(&input.values, input.resources.cluster_agent.memory_bytes));
}

/// There are no cluster agents any more.
pub fn forget(context: &Context) {
    let mut memory = context.memory();
    (memory.scale, memory.scale_limits) = (None, None);
}

/// What the values allow.
fn limits(values: &LayeredValues, memory_bytes: u64) -> Limits {
    let at = |pointer: &str| values.merged.pointer(&format!("/cluster_agent/{pointer}"));
    let count = |name: &str| at(name).and_then(serde_json::Value::as_u64).and_then(|count| u32::try_from(count).ok());
    let names = |pointer: &str| {
        let list = at(pointer).and_then(serde_json::Value::as_array);
        list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let replicas = count("replicas").unwrap_or(1);
    Limits {
        replicas,
        // A template from before there were these values can neither grow nor leave anything out.
        most_replicas: count("most_replicas").unwrap_or(replicas),
        memory_bytes,
        sheds: at("shed").is_some(),
        shed_first: names("shed/first"),
        shed_never: names("shed/never"),
    }
}

/// For the status: replicas, and what is left out.
pub fn written(scale: &Scale) -> ScaleStatus {
    ScaleStatus { replicas: i64::from(scale.replicas), shed: scale.shed.clone() }
}

/// For the condition `Shedding`.
pub fn condition(scale: &Scale) -> (bool, Reason, String) {
    if scale.shed.is_empty() {
        return (false, Reason::NothingShed, String::new());
    }
    let message = format!(
        "the cluster agents, {} of them, came near their memory cap; not read any more: {}. Raise spec.resources.clusterAgent.memory, or \
         cluster_agent.most_replicas",
        scale.replicas,
        scale.shed.join(", ")
    );
    (true, Reason::Shedding, message)
}

/// Looks again and again until `stop`.
pub async fn run(context: Arc<Context>, stop: CancellationToken) {
    let pause = Duration::from_secs(context.settings.scale_seconds.max(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if let Err(error) = look(&context).await {
            tracing::debug!(code = error.code(), "what the agents use is not known: {error}");
        }
    }
}

async fn look(context: &Context) -> Result<(), OperatorError> {
    // Nothing is installed, or no pass has looked yet.
    let Some(limits) = context.memory().scale_limits.clone() else { return Ok(()) };
    let loads = agent::loads(context, WORKLOAD).await?;
    let mut load = Load::default();
    for one in loads {
        load.memory_bytes.extend(one.memory_bytes);
        for (monitor, bytes) in one.monitors {
            *load.monitors.entry(monitor).or_default() += bytes;
        }
    }
    let (step, scale) = {
        let mut memory = context.memory();
        let Some(watch) = memory.scale.as_mut() else { return Ok(()) };
        (watch.look(&limits, &load), watch.scale.clone())
    };
    context.metrics.scaled(scale.replicas, scale.shed.len());
    let Some(step) = step else { return Ok(()) };
    context.nudge.notify_one();
    tell(context, &step, &scale).await
}

async fn tell(context: &Context, step: &Step, scale: &Scale) -> Result<(), OperatorError> {
    let api: Api<ClusterObservability> = Api::all(context.client.clone());
    let Some(flag) = api.get_opt("cluster").await.map_err(OperatorError::api("get the flag"))? else { return Ok(()) };
    let replicas = scale.replicas;
    let (type_, reason, note) = match step {
        Step::Grew => {
            (EventType::Normal, "Scaled", format!("near its memory cap: {replicas} cluster agents from now on"))
        }
        Step::Shrank => (EventType::Normal, "Scaled", format!("room again: {replicas} cluster agents from now on")),
        Step::Shed(monitor) => {
            (EventType::Warning, "Shed", format!("near the memory cap: {monitor} is not read any more"))
        }
        Step::Returned(monitor) => (EventType::Normal, "Returned", format!("room again: {monitor} is read again")),
    };
    context.tell(&flag, type_, reason, "Scale", note).await;
    Ok(())
}
