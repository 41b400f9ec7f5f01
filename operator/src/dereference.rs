//! First step: reads everything a pass decides on. Any failed read ends the pass; nothing is ever taken for empty.

use std::collections::BTreeMap;
use std::time::Instant;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Node, Secret};
use kube::ResourceExt;
use kube::api::{Api, ListParams};

use flagstaff_crds::{ClusterObservability, DestinationSetting, ServiceObservability};
use flagstaff_model::wire::Settings;
use flagstaff_model::{Destination, Facts, Problem, SecretKey};
use flagstaff_template::Scale;

use crate::budget::{self, Budgets};
use crate::context::Context;
use crate::error::{OperatorError, code};
use crate::foreign::Found;
use crate::hub::{self, Kept};
use crate::scale;
use crate::wanted::{Beside, Wanted};

/// What is found out about the cluster as a whole; it costs lists, and is good for a minute.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The cluster.
    pub facts: Facts,
    /// What somebody else already runs.
    pub foreign: Found,
    /// Nodes that health does not wait for.
    pub tolerated_nodes: Vec<String>,
    /// Custom resources `Prometheus` that may evaluate rules, as `namespace/name`.
    pub prometheuses: Vec<String>,
}

/// How long a survey serves; a change of a flag or of a namespace's label ends it at once.
const SURVEY_SECONDS: u64 = 60;

async fn survey(context: &Context) -> Result<Survey, OperatorError> {
    if let Some((at, survey)) = &context.memory().survey
        && at.elapsed().as_secs() < SURVEY_SECONDS
    {
        return Ok(survey.clone());
    }
    let client = &context.client;
    let (gathered, tolerated_nodes) = tokio::try_join!(
        async {
            crate::facts::gather(client)
                .await
                .map_err(|error| OperatorError::Facts(format!("{error}. {}", error.fix())))
        },
        read_tolerated_nodes(context),
    )?;
    let (facts, foreign) = (gathered.facts, gathered.foreign);
    let prometheuses = read_prometheuses(context, &facts).await?;
    let survey = Survey { facts, foreign, tolerated_nodes, prometheuses };
    context.memory().survey = Some((Instant::now(), survey.clone()));
    Ok(survey)
}

/// Everything a pass decides on.
#[derive(Debug)]
pub struct Observed {
    /// The flag.
    pub flag: ClusterObservability,
    /// The teams' flags, by namespace and name.
    pub services: Vec<ServiceObservability>,
    /// The cluster.
    pub facts: Facts,
    /// What somebody else already runs.
    pub foreign: Found,
    /// Whether the platform namespace exists.
    pub namespace_exists: bool,
    /// What flag and hub want together by the hub's newest word, or why that cannot be understood.
    pub newest: Result<Wanted, Problem>,
    /// The revision of that word; empty where the hub has none.
    pub newest_revision: String,
    /// The same by the hub's last word that was good; without one, what the flag alone wants.
    pub last_good: Wanted,
    /// For each Secret key a destination names, why it cannot be used; absent when it can.
    pub secret_faults: BTreeMap<(String, String), SecretFault>,
    /// For each agent, what its ConfigMap holds now.
    pub agents: BTreeMap<String, AgentConfiguration>,
    /// The archive of the pinned template, where the cluster holds one.
    pub cached_template: Option<Vec<u8>>,
    /// Nodes that health does not wait for.
    pub tolerated_nodes: Vec<String>,
    /// How far the cluster agents have grown and what they leave out.
    pub scale: Scale,
    /// Custom resources `Prometheus` that may evaluate rules, as `namespace/name`.
    pub prometheuses: Vec<String>,
    /// Budgets that the meter is to keep, with what rules of others use.
    pub budgets: Budgets,
}

/// Why a Secret key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFault {
    /// There is no such Secret.
    Missing,
    /// The Secret has no such key.
    NoKey,
    /// It may not be read.
    Forbidden(String),
}

/// What an agent's ConfigMap holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentConfiguration {
    /// The newest configuration.
    pub candidate: Option<String>,
    /// The configuration that was last found good.
    pub good: Option<String>,
}

/// Prefix of the ConfigMaps that hold agents' configurations.
pub const AGENT_PREFIX: &str = "flagstaff-agent-";
/// Prefix of the ConfigMaps that hold a template's archive.
pub const TEMPLATE_PREFIX: &str = "flagstaff-template-";

/// Name of the ConfigMap that caches a template.
pub fn template_name(digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    format!("{TEMPLATE_PREFIX}{}", &hex[..hex.len().min(12)])
}

/// Reads all there is to know for one pass.
///
/// # Errors
/// [`OperatorError`] when any read fails.
pub async fn read(context: &Context, flag: ClusterObservability) -> Result<Observed, OperatorError> {
    let client = &context.client;
    let namespace = &context.settings.namespace;
    let services: Api<ServiceObservability> = Api::all(client.clone());
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let (services, survey, namespace_exists, agents, cached_template) = tokio::try_join!(
        async {
            services.list(&ListParams::default()).await.map_err(OperatorError::api("list ServiceObservabilities"))
        },
        survey(context),
        async {
            namespaces
                .get_metadata_opt(namespace)
                .await
                .map(|n| n.is_some())
                .map_err(OperatorError::api(format!("get Namespace {namespace}")))
        },
        read_agents(context),
        read_template(context, &flag),
    )?;
    let Survey { facts, foreign, tolerated_nodes, prometheuses } = survey;
    let kept = kept(context, &flag).await?;
    let budgets = budget::read(context, kept.budgets.clone(), &facts.apis).await;
    let (newest, newest_revision, last_good) = wanted(context, &flag, kept)?;
    let destinations = newest.iter().chain([&last_good]).flat_map(|wanted| &wanted.destinations);
    let secret_faults = read_secrets(context, destinations).await?;
    let mut services = services.items;
    services.sort_by_key(|service| (service.namespace(), service.name_any()));
    let scale = scale::current(context, flag.status.as_ref());
    Ok(Observed {
        flag,
        services,
        facts,
        foreign,
        namespace_exists,
        newest,
        newest_revision,
        last_good,
        secret_faults,
        agents,
        cached_template,
        tolerated_nodes,
        scale,
        prometheuses,
        budgets,
    })
}

/// What the hub said. It is read from where it is kept, so that it holds while the hub is away.
async fn kept(context: &Context, flag: &ClusterObservability) -> Result<Kept, OperatorError> {
    match &flag.spec.hub {
        Some(_) => hub::kept(context).await,
        // No hub is one that sets nothing.
        None => Ok(Kept { newest: Some(Settings::default()), ..Kept::default() }),
    }
}

/// What flag and hub want together.
fn wanted(
    context: &Context,
    flag: &ClusterObservability,
    kept: Kept,
) -> Result<(Result<Wanted, Problem>, String, Wanted), OperatorError> {
    let destinations = default_destinations(context)?;
    let beside = Beside { destinations: &destinations, namespace: &context.settings.namespace };
    let newest = Wanted::of(flag, kept.newest.as_ref(), beside);
    let alone = || Wanted::of(flag, None, beside).map_err(|problem| OperatorError::Destinations(problem.to_string()));
    let last_good = match Wanted::of(flag, kept.good.as_ref(), beside) {
        Ok(good) => good,
        // It was good for another version of this operator.
        Err(_) => alone()?,
    };
    let revision = kept.newest.map(|settings| settings.revision).unwrap_or_default();
    Ok((newest, revision, last_good))
}

fn default_destinations(context: &Context) -> Result<Vec<Destination>, OperatorError> {
    let namespace = &context.settings.namespace;
    let Some(path) = &context.settings.destinations else { return Ok(vec![]) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| OperatorError::Destinations(format!("{}: {error}", path.display())))?;
    if text.trim().is_empty() {
        return Ok(vec![]);
    }
    let name = path.display().to_string();
    let document = flagstaff_template::yaml::single(&text, &name)
        .map_err(|problem| OperatorError::Destinations(problem.to_string()))?;
    let settings: Vec<DestinationSetting> = serde_json::from_value(document.value)
        .map_err(|error| OperatorError::Destinations(format!("{name}: {error}")))?;
    Ok(settings.iter().map(|destination| destination.resolve(namespace)).collect())
}

/// Secrets are read one by one and by name; only whether the key is there is kept.
async fn read_secrets<'a>(
    context: &Context,
    destinations: impl Iterator<Item = &'a Destination>,
) -> Result<BTreeMap<(String, String), SecretFault>, OperatorError> {
    let api: Api<Secret> = Api::namespaced(context.client.clone(), &context.settings.namespace);
    let mut faults = BTreeMap::new();
    let mut by_name: BTreeMap<&str, Vec<&SecretKey>> = BTreeMap::new();
    for key in destinations.flat_map(Destination::secret_keys) {
        by_name.entry(&key.name).or_default().push(key);
    }
    for (name, keys) in by_name {
        let secret = match api.get_opt(name).await {
            Err(error) if code(&error) == Some(403) => Err(crate::error::sentence(&error)),
            Err(error) => return Err(OperatorError::api(format!("get Secret {name}"))(error)),
            Ok(secret) => Ok(secret),
        };
        for key in keys {
            let fault = match &secret {
                Err(message) => SecretFault::Forbidden(message.clone()),
                Ok(None) => SecretFault::Missing,
                Ok(Some(secret)) if !has_key(secret, &key.key) => SecretFault::NoKey,
                Ok(Some(_)) => continue,
            };
            faults.insert((key.name.clone(), key.key.clone()), fault);
        }
    }
    Ok(faults)
}

fn has_key(secret: &Secret, key: &str) -> bool {
    secret.data.as_ref().is_some_and(|data| data.contains_key(key))
}

async fn read_agents(context: &Context) -> Result<BTreeMap<String, AgentConfiguration>, OperatorError> {
    let api: Api<ConfigMap> = Api::namespaced(context.client.clone(), &context.settings.namespace);
    let list = ListParams::default().labels("flagstaff.dev/agent");
    let maps = api.list(&list).await.map_err(OperatorError::api("list the agents' ConfigMaps"))?;
    Ok(maps
        .items
        .into_iter()
        .filter_map(|map| {
            let name = map.name_any().strip_prefix(AGENT_PREFIX)?.to_owned();
            let mut data = map.data.unwrap_or_default();
            let mut take = |key: &str| data.remove(key).filter(|text| !text.trim().is_empty());
            Some((name, AgentConfiguration { candidate: take("candidate.alloy"), good: take("good.alloy") }))
        })
        .collect())
}

async fn read_template(context: &Context, flag: &ClusterObservability) -> Result<Option<Vec<u8>>, OperatorError> {
    let Some(pinned) = flag.status.as_ref().and_then(|status| status.template.as_ref()) else { return Ok(None) };
    let api: Api<ConfigMap> = Api::namespaced(context.client.clone(), &context.settings.namespace);
    let name = template_name(&pinned.digest);
    let map = api.get_opt(&name).await.map_err(OperatorError::api(format!("get ConfigMap {name}")))?;
    Ok(map.and_then(|map| map.binary_data).and_then(|mut data| data.remove("pack.tar.gz")).map(|bytes| bytes.0))
}

/// Nodes that are not ready, or became part of the cluster less than five minutes ago.
async fn read_tolerated_nodes(context: &Context) -> Result<Vec<String>, OperatorError> {
    const YOUNG_SECONDS: i64 = 300;
    let api: Api<Node> = Api::all(context.client.clone());
    let now = k8s_openapi::jiff::Timestamp::now();
    let mut names = vec![];
    let mut page = ListParams::default().limit(250);
    loop {
        let nodes = api.list(&page).await.map_err(OperatorError::api("list Nodes"))?;
        for node in &nodes.items {
            let ready = node
                .status
                .iter()
                .flat_map(|status| status.conditions.iter().flatten())
                .any(|condition| condition.type_ == "Ready" && condition.status == "True");
            let young = node
                .creation_timestamp()
                .is_some_and(|created| now.as_second() - created.0.as_second() < YOUNG_SECONDS);
            if !ready || young {
                names.push(node.name_any());
            }
        }
        match nodes.metadata.continue_ {
            Some(token) if !token.is_empty() => page = page.continue_token(&token),
            _ => return Ok(names),
        }
    }
}

async fn read_prometheuses(context: &Context, facts: &Facts) -> Result<Vec<String>, OperatorError> {
    if !facts.apis.contains("monitoring.coreos.com/v1/Prometheus") {
        return Ok(vec![]);
    }
    let kind = kube::core::GroupVersionKind::gvk("monitoring.coreos.com", "v1", "Prometheus");
    let resource = kube::core::ApiResource::from_gvk_with_plural(&kind, "prometheuses");
    let api: Api<kube::api::DynamicObject> = Api::all_with(context.client.clone(), &resource);
    match api.list_metadata(&ListParams::default()).await {
        Ok(list) => {
            Ok(list.items.iter().map(|p| format!("{}/{}", p.namespace().unwrap_or_default(), p.name_any())).collect())
        }
        Err(error) if matches!(code(&error), Some(403 | 404)) => Ok(vec![]),
        Err(error) => Err(OperatorError::api("list Prometheuses")(error)),
    }
}
