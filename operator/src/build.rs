//! Third step: renders the template and makes of it the whole set of objects, labelled and owned. Needs no client.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kube::ResourceExt;
use serde_json::{Value, json};

use flagstaff_crds::{ClusterObservability, DashboardsTarget, RulesTarget};
use flagstaff_model::{Place, Problem, Reason};
use flagstaff_template::{Dashboard, Render, RuleFile};

use crate::applyset::{self, PART_OF};
use crate::budget::{self, Budgets};
use crate::context::Context;
use crate::dereference::{AGENT_PREFIX, AgentConfiguration, Observed, template_name};
use crate::kind::Kind;
use crate::object::{Desired, ObjectId, Owner, Prepared, Resources, sha256};
use crate::outside::{self, RulerRules};
use crate::team::{self, TeamOutcome};
use crate::validate::{Plan, Refusal};

/// The meter's Deployment.
const METER: &str = "flagstaff-meter";

/// Everything that is to be in the cluster, and what is to be said of the teams' flags.
#[derive(Debug)]
pub struct Built {
    /// The objects.
    pub resources: Resources<Prepared>,
    /// Agents by name, with the workload that runs each.
    pub agents: Vec<AgentWorkload>,
    /// What became of each team's flag.
    pub teams: Vec<TeamOutcome>,
    /// Rules for a ruler outside of the cluster, where that is their target.
    pub ruler: Option<RulerRules>,
}

/// An agent and the workload that runs it.
#[derive(Debug, Clone)]
pub struct AgentWorkload {
    /// Name of the agent, such as `node`.
    pub name: String,
    /// Kind of the workload.
    pub workload_kind: String,
    /// Name of the workload.
    pub workload_name: String,
    /// The newest configuration.
    pub candidate: String,
    /// The configuration last found good, where there is one.
    pub good: Option<String>,
}

/// Renders the template and makes the objects.
///
/// # Errors
/// [`Refusal`] when the template does not render, or renders what may not be applied.
pub fn build(context: &Context, observed: &Observed, plan: &Plan) -> Result<Built, Refusal> {
    let renders = render(context, plan)?;
    let builder = Builder::new(observed, plan, &context.settings.namespace);
    let mut objects = vec![];
    for object in renders.iter().flat_map(|render| &render.objects) {
        objects.push(builder.own(object.value.clone(), &object.source)?);
    }
    let mut agents = vec![];
    for agent in renders.iter().flat_map(|render| &render.agents) {
        let mut known = observed.agents.get(&agent.name).cloned().unwrap_or_default();
        if context.memory().promoted.get(&agent.name) == Some(&sha256(agent.text.as_bytes())) {
            known.good = Some(agent.text.clone());
        }
        objects.push(builder.agent(&agent.name, &agent.text, &known)?);
        agents.push(AgentWorkload {
            name: agent.name.clone(),
            workload_kind: agent.workload_kind.clone(),
            workload_name: agent.workload_name.clone(),
            candidate: agent.text.clone(),
            good: known.good,
        });
    }
    for dashboard in renders.iter().flat_map(|render| &render.dashboards) {
        objects.extend(builder.dashboard(dashboard)?);
    }
    let rules: Vec<&RuleFile> = renders.iter().flat_map(|render| &render.rules).collect();
    for rules in &rules {
        objects.extend(builder.rules(rules)?);
    }
    objects.push(builder.template(plan)?);
    let is_metered = objects.iter().any(|object| object.id.kind.kind == "Deployment" && object.id.name == METER);
    let mut teams = vec![];
    for service in &plan.services {
        let outcome = team::build(service, plan.rules, &observed.flag, &builder);
        objects.extend(outcome.objects.iter().cloned());
        teams.push(outcome);
    }
    let ruler = ruler_rules(observed, plan, &rules, &mut teams)?;
    if is_metered {
        // Those in a ruler ask for this cluster by a label as well.
        let outside = ruler.as_ref().map(|ruler| Value::Array(ruler.groups.clone()));
        let groups = rules.iter().map(|file| &file.groups).chain(teams.iter().map(|team| &team.groups));
        objects.push(builder.budgets(&observed.budgets, groups.chain(&outside))?);
    }
    refuse_twice(&objects)?;
    Ok(Built { resources: Resources::prepared(objects), agents, teams, ruler })
}

/// All groups for the ruler. A team's group that cannot be bound to the cluster is refused alone, and said to the team.
fn ruler_rules(
    observed: &Observed,
    plan: &Plan,
    rules: &[&RuleFile],
    teams: &mut [TeamOutcome],
) -> Result<Option<RulerRules>, Refusal> {
    let Some(setting) = observed.flag.spec.rules.ruler.clone().filter(|_| plan.rules == RulesTarget::Ruler) else {
        return Ok(None);
    };
    let cluster = &plan.input.facts.cluster;
    let mut groups = vec![];
    for file in rules {
        let scoped = outside::scope(&file.groups, &cluster.name, &file.source);
        groups.extend(scoped.map_err(|problem| Refusal::new(Reason::TemplateInvalid, problem))?);
    }
    for team in teams {
        let place = Place::pointer(format!("ServiceObservability {}/{}", team.namespace, team.name), "/spec/rules");
        match outside::scope(&team.groups, &cluster.name, &place) {
            Ok(scoped) => groups.extend(scoped),
            Err(problem) => {
                team.rules = 0;
                team.problems.push(problem);
            }
        }
    }
    Ok(Some(RulerRules { setting, namespace: outside::namespace(&cluster.uid), groups }))
}

/// Renders the base pack and those beside it, or takes the last renders when nothing they depend on has changed.
fn render(context: &Context, plan: &Plan) -> Result<Arc<Vec<Render>>, Refusal> {
    let packs = || [(&plan.pack, &plan.input)].into_iter().chain(plan.added.iter().map(|(pack, input)| (pack, input)));
    let mut key = String::new();
    for (pack, input) in packs() {
        let input = serde_json::to_string(input).unwrap_or_default();
        key.push_str(&sha256(format!("{} {input}", pack.digest).as_bytes()));
    }
    if let Some((known, renders)) = &context.memory().render
        && *known == key
    {
        return Ok(renders.clone());
    }
    let renders: Result<Vec<Render>, _> =
        packs().map(|(pack, input)| flagstaff_template::render(pack, input)).collect();
    let renders = renders.map_err(|problems| Refusal { reason: Reason::TemplateInvalid, problems })?;
    let renders = Arc::new(renders);
    context.memory().render = Some((key, renders.clone()));
    Ok(renders)
}

fn refuse_twice(objects: &[Desired]) -> Result<(), Refusal> {
    let mut seen = std::collections::HashSet::new();
    for object in objects {
        if !seen.insert(&object.id) {
            let problem = Problem::new(
                Place::file(object.id.to_string()),
                "operator.object_twice",
                "the template makes this object twice",
            );
            return Err(Refusal::new(Reason::TemplateInvalid, problem));
        }
    }
    Ok(())
}

/// Puts labels and owners on objects.
pub struct Builder<'a> {
    flag: &'a ClusterObservability,
    applyset: String,
    namespace: &'a str,
    rules: RulesTarget,
}

impl<'a> Builder<'a> {
    fn new(observed: &'a Observed, plan: &Plan, namespace: &'a str) -> Self {
        Self { flag: &observed.flag, applyset: applyset::id(&observed.flag.name_any()), namespace, rules: plan.rules }
    }

    /// An object of the platform, owned by the flag.
    pub fn own(&self, value: Value, source: &Place) -> Result<Desired, Refusal> {
        let owner = Owner {
            kind: "ClusterObservability",
            name: self.flag.name_any(),
            uid: self.flag.uid().unwrap_or_default(),
        };
        let desired = self.owned_by(value, &owner, source)?;
        match &desired.id.namespace {
            Some(namespace) if namespace != self.namespace && namespace != "kube-system" => {
                let message = format!("{} lies outside the platform namespace `{}`", desired.id, self.namespace);
                Err(Refusal::new(
                    Reason::TemplateInvalid,
                    Problem::new(source.clone(), "operator.foreign_namespace", message),
                ))
            }
            _ => Ok(desired),
        }
    }

    /// An object with its owner, our labels and the label of the set.
    pub fn owned_by(&self, mut value: Value, owner: &Owner, source: &Place) -> Result<Desired, Refusal> {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (api_version, kind_name, name) = (text("/apiVersion"), text("/kind"), text("/metadata/name"));
        let Some(kind) = Kind::find(&api_version, &kind_name) else {
            let problem = Problem::new(
                source.clone(),
                "operator.kind_not_allowed",
                format!("{api_version} {kind_name} may not be applied"),
            )
            .with_fix("Only the kinds listed in docs/concepts/operator.md are applied".to_owned());
            return Err(Refusal::new(Reason::TemplateInvalid, problem));
        };
        let namespace = kind.namespaced.then(|| match text("/metadata/namespace") {
            named if named.is_empty() => self.namespace.to_owned(),
            named => named,
        });
        let metadata = value.get_mut("metadata").and_then(Value::as_object_mut).ok_or_else(|| {
            Refusal::new(
                Reason::TemplateInvalid,
                Problem::new(source.clone(), "operator.no_metadata", "the object has no metadata"),
            )
        })?;
        if let Some(namespace) = &namespace {
            metadata.insert("namespace".into(), json!(namespace));
        }
        metadata.insert("ownerReferences".into(), json!([owner.reference()]));
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        if let Some(labels) = labels.as_object_mut() {
            labels.insert("app.kubernetes.io/managed-by".into(), json!("flagstaff"));
            labels.insert(PART_OF.into(), json!(self.applyset));
        }
        Ok(Desired::new(ObjectId { kind, namespace, name }, value))
    }

    /// The ConfigMap of an agent: the newest configuration, and the one last found good beside it.
    fn agent(&self, name: &str, candidate: &str, known: &AgentConfiguration) -> Result<Desired, Refusal> {
        let mut data = json!({"candidate.alloy": candidate});
        if let Some(good) = &known.good {
            data["good.alloy"] = json!(good);
        }
        self.config_map(&format!("{AGENT_PREFIX}{name}"), json!({"flagstaff.dev/agent": name}), json!({"data": data}))
    }

    /// The archive of the template in use, so that a newer operator can go on with it.
    fn template(&self, plan: &Plan) -> Result<Desired, Refusal> {
        let data = json!({"binaryData": {"pack.tar.gz": STANDARD.encode(&plan.archive)}});
        let labels = json!({"flagstaff.dev/template": plan.pack.manifest.name, "flagstaff.dev/template-version": plan.pack.manifest.version});
        self.config_map(&template_name(&plan.pack.digest), labels, data)
    }

    /// What the meter is told of budgets.
    fn budgets<'r>(&self, budgets: &Budgets, groups: impl Iterator<Item = &'r Value>) -> Result<Desired, Refusal> {
        let labels = json!({"app.kubernetes.io/name": METER, "app.kubernetes.io/component": "meter"});
        // It goes with the meter, after the agents that send through it.
        let body = json!({"annotations": {"flagstaff.dev/removed-after": "agents"}, "data": budgets.data(groups)});
        self.config_map(budget::CONFIG_MAP, labels, body)
    }

    fn dashboard(&self, dashboard: &Dashboard) -> Result<Option<Desired>, Refusal> {
        let setting = &self.flag.spec.dashboards;
        let name = format!("flagstaff-dashboard-{}", dashboard.name);
        let text = serde_json::to_string(&dashboard.json).unwrap_or_default();
        match setting.target {
            DashboardsTarget::Off => Ok(None),
            DashboardsTarget::Configmap => {
                let mut labels = json!({"grafana_dashboard": "1"});
                merge_labels(&mut labels, &setting.labels);
                let mut body = json!({"data": {format!("{}.json", dashboard.name): text}});
                body["annotations"] = json!({"grafana_folder": dashboard.folder});
                self.config_map(&name, labels, body).map(Some)
            }
            DashboardsTarget::Crd => {
                let mut labels = json!({});
                merge_labels(&mut labels, &setting.labels);
                let value = json!({
                    "apiVersion": "grafana.integreatly.org/v1beta1",
                    "kind": "GrafanaDashboard",
                    "metadata": {"name": name, "labels": labels},
                    "spec": {"json": text, "folder": dashboard.folder, "instanceSelector": {"matchLabels": setting.labels}},
                });
                self.own(value, &dashboard.source).map(Some)
            }
        }
    }

    fn rules(&self, rules: &RuleFile) -> Result<Option<Desired>, Refusal> {
        let value = self
            .rules_object(&format!("flagstaff-rules-{}", rules.name), &rules.name, &rules.groups)
            .map_err(|problem| Refusal::new(Reason::TemplateInvalid, problem))?;
        value.map(|value| self.own(value, &rules.source)).transpose()
    }

    /// Rule groups in the form of the target: PrometheusRule, or a ConfigMap in Prometheus' file format.
    ///
    /// # Errors
    /// A [`Problem`] when the groups cannot be written as YAML.
    pub fn rules_object(&self, name: &str, file: &str, groups: &Value) -> Result<Option<Value>, Problem> {
        let mut labels = json!({"flagstaff.dev/rules": "true"});
        merge_labels(&mut labels, &self.flag.spec.rules.labels);
        Ok(match self.rules {
            RulesTarget::Off | RulesTarget::Ruler => None,
            RulesTarget::Prometheusrule => Some(json!({
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": name, "labels": labels},
                "spec": {"groups": groups},
            })),
            RulesTarget::Configmap | RulesTarget::Auto => {
                let text = flagstaff_template::yaml::to_yaml(&json!({"groups": groups}))
                    .map_err(|error| Problem::new(Place::file(name), "operator.rules_unwritable", error))?;
                Some(json!({
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": name, "labels": labels},
                    "data": {format!("{file}.yaml"): text},
                }))
            }
        })
    }

    fn config_map(&self, name: &str, labels: Value, mut body: Value) -> Result<Desired, Refusal> {
        let mut metadata = json!({"name": name, "labels": labels});
        if let Some(annotations) = body.as_object_mut().and_then(|body| body.remove("annotations")) {
            metadata["annotations"] = annotations;
        }
        let mut value = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
        if let (Some(value), Some(body)) = (value.as_object_mut(), body.as_object()) {
            value.extend(body.clone());
        }
        self.own(value, &Place::file(format!("ConfigMap {name}")))
    }
}

fn merge_labels(labels: &mut Value, more: &std::collections::BTreeMap<String, String>) {
    if let Some(labels) = labels.as_object_mut() {
        labels.extend(more.iter().map(|(key, value)| (key.clone(), json!(value))));
    }
}
