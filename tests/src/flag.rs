//! The flag on a leased cluster: definitions installed, the flag raised, conditions read, everything of ours listed.

mod canonical;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_crds::{ClusterObservability, Condition, ConditionStatus, ServiceObservability, definition};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, TypeMeta};
use kube::core::ApiResource;
use kube::discovery::{Discovery, Scope, verbs};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

pub use self::canonical::{canonical, name_of};
use crate::cluster::Cluster;
use crate::eventually::{check, eventually};

/// The namespace of the platform.
pub const NAMESPACE: &str = "flagstaff";
/// Carried by everything of ours, and by what controllers make of it.
pub const MANAGED: &str = "app.kubernetes.io/managed-by=flagstaff";
/// Carried by the members of the flag's ApplySet only.
pub const PART_OF: &str = "applyset.kubernetes.io/part-of";
/// The id of the flag's ApplySet: by KEP-3659 the base64url of the SHA-256 of `cluster..ClusterObservability.flagstaff.dev`.
pub const APPLYSET: &str = "applyset-qT0aNQL_V-1iC4sRxdtAsttOx5UdGnQbvWIEb-Vh0jY-v1";
/// A destination where nobody listens: enough to be ready on nodes where no agent runs.
pub const DESTINATION: &str = "http://127.0.0.1:9/api/v1/write";
/// How long a state is waited for, on a machine under load.
pub const SOON: Duration = Duration::from_secs(120);
/// The name under which a person writes.
const PERSON: &str = "person";

/// The flag of one cluster, as its administrator sees it.
#[derive(Clone)]
pub struct Flag {
    /// The administrator's client.
    pub client: Client,
}

/// A spec that becomes ready: switched on, with somewhere to send to.
pub fn ready_spec() -> Value {
    json!({"enabled": true, "destinations": [{"name": "metrics", "signal": "metrics", "url": DESTINATION}]})
}

/// The same with more fields.
pub fn ready_spec_with(more: Value) -> Value {
    let mut spec = ready_spec();
    if let (Some(spec), Value::Object(more)) = (spec.as_object_mut(), more) {
        spec.extend(more);
    }
    spec
}

impl Flag {
    /// Installs the definitions and the namespace, as the charts do.
    pub async fn install(cluster: &impl Cluster) -> Result<Self> {
        let this = Self { client: cluster.client().await? };
        this.install_definitions().await?;
        this.create_namespace(NAMESPACE).await?;
        Ok(this)
    }

    /// Applies `crds/*.yaml` on the server's side, and waits until they are served.
    pub async fn install_definitions(&self) -> Result<()> {
        let api: Api<CustomResourceDefinition> = Api::all(self.client.clone());
        for wanted in definition::all() {
            let name = wanted.name_any();
            let path = crate::programs::repository().join(format!("crds/{name}.yaml"));
            let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            let value: Value = serde_yaml::from_str(&text).with_context(|| format!("read {name} as YAML"))?;
            let params = PatchParams::apply(PERSON).force();
            api.patch(&name, &params, &Patch::Apply(&value)).await.with_context(|| format!("apply {name}"))?;
            eventually(SOON, format!("{name} is served"), async || {
                let found = api.get(&name).await?;
                let conditions = found.status.unwrap_or_default().conditions.unwrap_or_default();
                check(conditions.iter().any(|c| c.type_ == "Established" && c.status == "True"), &conditions)
            })
            .await?;
        }
        // Established comes a moment before every path answers.
        eventually(SOON, "the flag's API answers", async || {
            Api::<ClusterObservability>::all(self.client.clone()).list(&ListParams::default()).await?;
            Api::<ServiceObservability>::all(self.client.clone()).list(&ListParams::default()).await
        })
        .await?;
        Ok(())
    }

    /// Creates a namespace; one that is there is as good.
    pub async fn create_namespace(&self, name: &str) -> Result<()> {
        self.apply(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await.map(drop)
    }

    /// The API of the flag.
    pub fn api(&self) -> Api<ClusterObservability> {
        Api::all(self.client.clone())
    }

    /// Gives the flag exactly this spec, and makes it if there is none.
    pub async fn raise(&self, spec: Value) -> Result<ClusterObservability> {
        let flag = json!({
            "apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability",
            "metadata": {"name": "cluster"}, "spec": spec,
        });
        let params = PatchParams::apply(PERSON).force();
        self.api().patch("cluster", &params, &Patch::Apply(&flag)).await.context("raise the flag")
    }

    /// The flag as it is.
    pub async fn get(&self) -> Result<ClusterObservability> {
        self.api().get("cluster").await.context("get the flag")
    }

    /// Its conditions by type, as soon as they speak of the present spec.
    pub async fn conditions(&self) -> Result<BTreeMap<String, Condition>> {
        eventually(SOON, "conditions of the present spec", async || self.conditions_now().await).await
    }

    /// Its conditions by type; an error while they speak of an older spec.
    pub async fn conditions_now(&self) -> Result<BTreeMap<String, Condition>> {
        let flag = self.get().await?;
        let generation = flag.metadata.generation.unwrap_or_default();
        let status = flag.status.context("the flag has no status yet")?;
        ensure!(
            status.observed_generation == generation,
            "the status is of {}, not {generation}",
            status.observed_generation
        );
        Ok(status.conditions.into_iter().map(|condition| (condition.type_.clone(), condition)).collect())
    }

    /// Waits until a condition has this reason for the present spec.
    pub async fn wait_for(&self, type_: &str, reason: &str) -> Result<Condition> {
        self.wait_for_up_to(SOON, type_, reason).await
    }

    /// The same with another limit.
    pub async fn wait_for_up_to(&self, limit: Duration, type_: &str, reason: &str) -> Result<Condition> {
        eventually(limit, format!("condition {type_} with reason {reason}"), async || {
            let mut conditions = self.conditions_now().await?;
            let Some(condition) = conditions.remove(type_) else { bail!("there is no {type_} among {conditions:?}") };
            check(condition.reason == reason, &condition)?;
            Ok(condition)
        })
        .await
    }

    /// Waits until the flag is ready.
    pub async fn wait_until_ready(&self) -> Result<()> {
        let ready = self.wait_for("Ready", "Healthy").await?;
        ensure!(ready.status == ConditionStatus::True, "{ready:?}");
        Ok(())
    }

    /// Everything that carries our label, over all kinds that the API server has; also what controllers made of it.
    pub async fn labelled(&self) -> Result<Vec<DynamicObject>> {
        self.list_all(MANAGED).await
    }

    /// The members of the flag's ApplySet: what the operator has applied.
    pub async fn members(&self) -> Result<Vec<DynamicObject>> {
        let all = self.list_all(PART_OF).await?;
        // The slices of a Service carry its labels too; what we apply is owned by a flag.
        let ours = |object: &DynamicObject| {
            object.owner_references().iter().any(|owner| owner.api_version.starts_with("flagstaff.dev/"))
        };
        Ok(all.into_iter().filter(ours).collect())
    }

    /// The members by name, each in the form that can be compared between clusters and times.
    pub async fn canonical(&self) -> Result<BTreeMap<String, Value>> {
        Ok(self.members().await?.iter().map(|object| (name_of(object), canonical(object))).collect())
    }

    /// Waits until nothing of ours is left.
    pub async fn wait_until_gone(&self) -> Result<()> {
        eventually(SOON, "nothing of ours is left", async || {
            let left: Vec<String> = self.labelled().await?.iter().map(name_of).collect();
            check(left.is_empty(), left)
        })
        .await
    }

    async fn list_all(&self, selector: &str) -> Result<Vec<DynamicObject>> {
        Ok(self.list_with_kinds(selector).await?.into_iter().map(|(_, object)| object).collect())
    }

    async fn list_with_kinds(&self, selector: &str) -> Result<Vec<(ApiResource, DynamicObject)>> {
        let discovery =
            Discovery::new(self.client.clone()).run_aggregated().await.context("ask what kinds there are")?;
        let kinds: Vec<ApiResource> = discovery
            .groups()
            .flat_map(|group| group.recommended_resources())
            .filter(|(_, capabilities)| capabilities.supports_operation(verbs::LIST))
            // Events are about our objects, and Endpoints are EndpointSlices by an older name.
            .filter(|(kind, _)| kind.kind != "Event" && kind.kind != "Endpoints")
            .map(|(kind, _)| kind)
            .collect();
        let params = ListParams::default().labels(selector);
        let lists: Vec<Vec<(ApiResource, DynamicObject)>> = stream::iter(kinds)
            .map(|kind| {
                let (api, params) = (Api::<DynamicObject>::all_with(self.client.clone(), &kind), params.clone());
                async move {
                    let list = api.list(&params).await.with_context(|| format!("list {}", kind.plural))?;
                    let types = TypeMeta { api_version: kind.api_version.clone(), kind: kind.kind.clone() };
                    let typed = |object| (kind.clone(), DynamicObject { types: Some(types.clone()), ..object });
                    anyhow::Ok(list.items.into_iter().map(typed).collect())
                }
            })
            .buffer_unordered(8)
            .try_collect()
            .await?;
        let mut found: Vec<_> = lists.into_iter().flatten().collect();
        found.sort_by_key(|(_, object)| name_of(object));
        Ok(found)
    }

    /// Applies an object as a person would, by force.
    pub async fn apply(&self, object: Value) -> Result<DynamicObject> {
        self.apply_as(PERSON, true, object).await
    }

    /// Applies an object under the name of a field manager.
    pub async fn apply_as(&self, manager: &str, force: bool, object: Value) -> Result<DynamicObject> {
        let (api, name) = self.api_of(&object).await?;
        let params = PatchParams { force, ..PatchParams::apply(manager) };
        api.patch(&name, &params, &Patch::Apply(&object)).await.with_context(|| format!("apply {name}"))
    }

    /// The API of an object that is written as JSON, and its name.
    pub async fn api_of(&self, object: &Value) -> Result<(Api<DynamicObject>, String)> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let types = TypeMeta { api_version: text("/apiVersion").into(), kind: text("/kind").into() };
        let gvk = kube::core::GroupVersionKind::try_from(&types).context("read the kind")?;
        let (kind, capabilities) = kube::discovery::pinned_kind(&self.client, &gvk).await.context("find the kind")?;
        let api = match capabilities.scope {
            Scope::Cluster => Api::all_with(self.client.clone(), &kind),
            Scope::Namespaced => {
                let namespace = Some(text("/metadata/namespace")).filter(|name| !name.is_empty()).unwrap_or("default");
                Api::namespaced_with(self.client.clone(), namespace, &kind)
            }
        };
        Ok((api, text("/metadata/name").to_owned()))
    }

    /// Removes every flag and everything of ours, without the operator and without controllers.
    pub async fn clear(&self) -> Result<()> {
        let now = &DeleteParams::background().grace_period(0);
        if let Err(error) = self.api().delete("cluster", now).await
            && !matches!(&error, kube::Error::Api(status) if status.code == 404)
        {
            return Err(error).context("remove the flag");
        }
        let services: Api<ServiceObservability> = Api::all(self.client.clone());
        for service in services.list(&ListParams::default()).await? {
            let own: Api<ServiceObservability> =
                Api::namespaced(self.client.clone(), &service.namespace().unwrap_or_default());
            let _ = own.delete(&service.name_any(), now).await;
        }
        eventually(SOON, "everything of ours is removed", async || {
            let left = self.list_with_kinds(MANAGED).await?;
            stream::iter(&left)
                .map(|(kind, object)| async move {
                    let api = match object.namespace() {
                        Some(namespace) => Api::<DynamicObject>::namespaced_with(self.client.clone(), &namespace, kind),
                        None => Api::all_with(self.client.clone(), kind),
                    };
                    // What went meanwhile is gone as well.
                    let _ = api.delete(&object.name_any(), now).await;
                })
                .buffer_unordered(8)
                .collect::<Vec<()>>()
                .await;
            check(left.is_empty(), left.iter().map(|(_, object)| name_of(object)).collect::<Vec<_>>())
        })
        .await
    }
}
