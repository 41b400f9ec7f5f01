//! A flag at rest on simulated nodes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{Flag, NAMESPACE};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::json;

/// Waits until the flag is healthy and every configuration accepted. Simulated nodes run no agent that could say that it runs its
/// candidate, and an operator looks again every two seconds for as long as one has not: so what it writes once all have said so,
/// the candidate as the good configuration, is written for it.
pub async fn settle(flag: &Flag, limit: Duration) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    eventually(limit, "a flag at rest", async || {
        let agents = maps.list(&ListParams::default().labels("flagstaff.dev/agent")).await?;
        ensure!(!agents.items.is_empty(), "no agent has a configuration yet");
        for agent in &agents.items {
            let data = agent.data.clone().unwrap_or_default();
            let candidate =
                data.get("candidate.alloy").with_context(|| format!("{} has no candidate", agent.name_any()))?;
            if data.get("good.alloy") != Some(candidate) {
                let patch = json!({"data": {"good.alloy": candidate}});
                let ours = PatchParams { field_manager: Some("flagstaff-bench".into()), ..PatchParams::default() };
                maps.patch(&agent.name_any(), &ours, &Patch::Merge(patch)).await.context("write a configuration")?;
            }
        }
        let conditions = flag.conditions_now().await?;
        let reason = |type_: &str| conditions.get(type_).map(|condition| condition.reason.as_str());
        let found = (reason("Ready"), reason("ConfigurationAccepted"));
        check(found == (Some("Healthy"), Some("ConfigurationAccepted")), found)
    })
    .await
}
