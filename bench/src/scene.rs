//! The same fifty objects on any API server: the flag, and as many teams' flags as are missing to fifty.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{Flag, NAMESPACE, SOON, ready_spec};
use flagstaff_tests::{Cluster, eventually};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use kube::discovery::{Discovery, Scope};
use serde_json::{Value, json};

use crate::manifest::applied_by;

/// How many objects the flag becomes in the rows that say so.
pub const OBJECTS: usize = 50;
/// The operator's field manager.
const MANAGER: &str = "flagstaff";

/// An API server with our definitions, and the kinds it has.
pub struct Scene {
    /// The flag.
    pub flag: Flag,
    kinds: BTreeMap<(String, String), (ApiResource, Scope)>,
}

impl Scene {
    /// Installs the definitions and the namespace.
    pub async fn install(cluster: &impl Cluster) -> Result<Self> {
        let flag = Flag::install(cluster).await?;
        let discovery =
            Discovery::new(flag.client.clone()).run_aggregated().await.context("ask what kinds there are")?;
        let kinds = discovery
            .groups()
            .flat_map(|group| group.recommended_resources())
            .map(|(kind, about)| ((kind.api_version.clone(), kind.kind.clone()), (kind, about.scope)))
            .collect();
        Ok(Self { flag, kinds })
    }

    /// Makes this many teams' flags, each of which becomes one object.
    pub async fn add_teams(&self, teams: usize) -> Result<()> {
        stream::iter(0..teams).map(|number| self.add_team(number)).buffer_unordered(4).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn add_team(&self, number: usize) -> Result<()> {
        let name = format!("team-{number}");
        self.flag.create_namespace(&name).await?;
        let rule = json!({
            "alert": "TooSlow", "expr": "histogram_quantile(0.99, rate(request_seconds_bucket[5m])) > 1",
            "for": "10m", "labels": {"severity": "warning"},
            "annotations": {"summary": "{{ $labels.service }} of team {{ $labels.namespace }} is slow"},
        });
        let service = json!({
            "apiVersion": "flagstaff.dev/v1alpha1", "kind": "ServiceObservability",
            "metadata": {"name": "service", "namespace": name}, "spec": {"rules": [rule]},
        });
        self.flag.apply(service).await.map(drop)
    }

    /// Waits until the operator says that everything of the present flag is applied; its own time of that, and how many objects.
    pub async fn applied(&self, limit: Duration) -> Result<(Timestamp, usize)> {
        eventually(limit, "everything is applied", async || {
            let flag = self.flag.get().await?;
            let generation = flag.metadata.generation.unwrap_or_default();
            let status = flag.status.context("no status yet")?;
            let faults: Vec<_> = status.conditions.iter().filter(|one| one.type_ == "Stalled").collect();
            let at = status.reached.get("applied").filter(|_| status.observed_generation == generation);
            let at = at.with_context(|| format!("not applied yet: {faults:?}"))?;
            let count = status.objects.as_ref().map_or(0, |objects| objects.applied);
            Ok::<_, anyhow::Error>((at.parse().context("a time in the status")?, usize::try_from(count)?))
        })
        .await
    }

    /// Finds out how many teams are missing to fifty objects, makes them, and returns what the operator then applies of the flag,
    /// as it applies it. An operator has to run.
    pub async fn fifty(&self) -> Result<(usize, Vec<Value>)> {
        self.flag.raise(ready_spec()).await?;
        let (_, base) = self.applied(SOON).await?;
        let teams = OBJECTS.saturating_sub(base);
        self.add_teams(teams).await?;
        let members = eventually(SOON, format!("{} objects", base + teams), async || {
            let members = self.flag.members().await?;
            check(members.len() == base + teams, members.len())?;
            Ok::<_, anyhow::Error>(members)
        })
        .await?;
        let manifests: Vec<Value> = members
            .iter()
            .map(|member| applied_by(&serde_json::to_value(member).context("read an object")?, MANAGER))
            .collect::<Result<_>>()?;
        ensure!(manifests.len() >= OBJECTS, "only {} objects", manifests.len());
        Ok((teams, manifests))
    }

    /// Removes the flag, and each of the objects by name; the teams' flags stay. Works without controllers.
    pub async fn clear(&self, manifests: &[Value]) -> Result<()> {
        match self.flag.api().delete("cluster", &at_once()).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => return Err(error).context("remove the flag"),
        }
        eventually(SOON, "the end of all objects", async || {
            let left: Vec<String> = stream::iter(manifests)
                .map(|manifest| async move {
                    let (api, name) = self.api_of(manifest)?;
                    match api.delete(&name, &at_once()).await {
                        Err(kube::Error::Api(status)) if status.code == 404 => Ok::<_, anyhow::Error>(None),
                        Err(error) => Err(error).with_context(|| format!("remove {name}")),
                        Ok(_) => Ok(Some(name)),
                    }
                })
                .buffer_unordered(8)
                .try_filter_map(|left| async move { Ok(left) })
                .try_collect()
                .await?;
            check(left.is_empty(), left)
        })
        .await
    }

    /// Changes an object of a manifest as a person does, with a merge patch.
    pub async fn patch(&self, manifest: &Value, patch: &Value) -> Result<()> {
        let (api, name) = self.api_of(manifest)?;
        let person = PatchParams { field_manager: Some("person".into()), ..PatchParams::default() };
        api.patch(&name, &person, &Patch::Merge(patch)).await.with_context(|| format!("change {name}")).map(drop)
    }

    /// Deletes the object of a manifest as a person does.
    pub async fn delete(&self, manifest: &Value) -> Result<()> {
        let (api, name) = self.api_of(manifest)?;
        api.delete(&name, &at_once()).await.with_context(|| format!("remove {name}")).map(drop)
    }

    fn api_of(&self, manifest: &Value) -> Result<(Api<DynamicObject>, String)> {
        let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = (text("/apiVersion"), text("/kind"));
        let (kind, scope) = self.kinds.get(&key).with_context(|| format!("no kind {key:?}"))?;
        let client = self.flag.client.clone();
        let api = match scope {
            Scope::Cluster => Api::all_with(client, kind),
            Scope::Namespaced => {
                let namespace = Some(text("/metadata/namespace")).filter(|name| !name.is_empty());
                Api::namespaced_with(client, namespace.as_deref().unwrap_or(NAMESPACE), kind)
            }
        };
        Ok((api, text("/metadata/name")))
    }

    /// `resource namespace/name` of a manifest, as the audit log names it.
    pub fn audit_name(&self, manifest: &Value) -> Result<String> {
        let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = (text("/apiVersion"), text("/kind"));
        let (kind, _) = self.kinds.get(&key).with_context(|| format!("no kind {key:?}"))?;
        Ok(format!("{} {}/{}", kind.plural, text("/metadata/namespace"), text("/metadata/name")))
    }
}

fn at_once() -> DeleteParams {
    DeleteParams::background().grace_period(0)
}
