//! Second step: decides what is to be installed, or says with a place and a fix why not. Needs no client.

use std::collections::BTreeMap;

use flagstaff_crds::{Component, DestinationStatus, Profile, RulesTarget, ServiceObservability};
use flagstaff_model::{Destination, LayeredValues, Place, Problem, Reason, Service, Signal, ValueLayer};
use flagstaff_template::{ComponentInput, ImageRules, Input, Pack, Proxy};

use crate::dereference::{Observed, SecretFault};
use crate::foreign;
use crate::settings::Settings;
use crate::wanted::{BASE, Wanted};

/// What is to be installed.
#[derive(Debug)]
pub struct Plan {
    /// The template in use.
    pub pack: Pack,
    /// Its archive, to be kept in the cluster.
    pub archive: Vec<u8>,
    /// What it is rendered with.
    pub input: Input,
    /// Packs that are installed beside it, each with what it is rendered with.
    pub added: Vec<(Pack, Input)>,
    /// Where rules go: the CRD, ConfigMaps or nowhere.
    pub rules: RulesTarget,
    /// The teams' flags that can be honoured.
    pub services: Vec<ServiceObservability>,
    /// State of each destination.
    pub destinations: Vec<DestinationStatus>,
    /// Set when a destination cannot be used, with the reason to report.
    pub destination_fault: Option<(Reason, String)>,
    /// A newer version that is compiled in, where the applied one is pinned.
    pub update: Option<String>,
    /// Sentences on what of somebody else is used or avoided.
    pub beside: Vec<String>,
}

/// Why nothing new is applied. What runs goes on.
#[derive(Debug)]
pub struct Refusal {
    /// For the condition.
    pub reason: Reason,
    /// What is wrong, each with its place.
    pub problems: Vec<Problem>,
}

impl Refusal {
    /// A refusal for one problem.
    pub fn new(reason: Reason, problem: Problem) -> Self {
        Self { reason, problems: vec![problem] }
    }

    /// All problems as one text for a condition; at most ten are named.
    pub fn message(&self) -> String {
        let mut text = self.problems.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join("; ");
        if self.problems.len() > 10 {
            text.push_str(&format!("; and {} more", self.problems.len() - 10));
        }
        text
    }
}

/// Decides what is to be installed.
///
/// # Errors
/// [`Refusal`] when the flag or the template cannot be honoured.
pub fn check(observed: &Observed, wanted: &Wanted, settings: &Settings) -> Result<Plan, Refusal> {
    if !observed.namespace_exists {
        let problem = Problem::new(
            Place::file(format!("Namespace {}", settings.namespace)),
            "operator.namespace_missing",
            "the platform namespace does not exist",
        )
        .with_fix(format!(
            "Install the chart flagstaff-operator, or run `kubectl create namespace {}`",
            settings.namespace
        ));
        return Err(Refusal::new(Reason::NamespaceMissing, problem));
    }
    let (pack, update) = choose_template(observed)?;
    let values = values(&wanted.values, &pack)?;
    let (destinations, statuses, fault) = usable_destinations(observed, wanted);
    let facts = with_settings(observed);
    let rules = rules_target(observed)?;
    let spec = &observed.flag.spec;
    let node_exporter = beside(observed, foreign::Component::NodeExporter);
    let kube_state_metrics = beside(observed, foreign::Component::KubeStateMetrics);
    let components = components(observed, &node_exporter, &kube_state_metrics);
    let services = observed.services.clone();
    let beside = [&node_exporter, &kube_state_metrics]
        .into_iter()
        .filter(|c| c.beside_foreign)
        .map(|c| c.reason.clone())
        .collect();
    let input = Input {
        facts,
        values,
        destinations,
        services: services.iter().map(ServiceObservability::resolve).collect::<Vec<Service>>(),
        components,
        node_exporter: ComponentInput {
            install: node_exporter.install,
            foreign: node_exporter.foreign,
            port: node_exporter.port,
        },
        kube_state_metrics: ComponentInput {
            install: kube_state_metrics.install,
            foreign: kube_state_metrics.foreign,
            port: kube_state_metrics.port,
        },
        profile: match spec.profile {
            Profile::Standard => "standard".into(),
            Profile::NoHost => "no-host".into(),
        },
        namespace: settings.namespace.clone(),
        images: ImageRules { registry: settings.image_registry.clone().unwrap_or_default(), ..ImageRules::default() },
        operator_image: settings.image.clone(),
        meter_image: settings.meter_image.clone(),
        pull_secrets: settings.pull_secrets.clone(),
        proxy: proxy(),
        resources: crate::resources::caps(&spec.resources)
            .map_err(|problem| Refusal::new(Reason::TemplateInvalid, problem))?,
        scale: observed.scale.clone(),
    };
    let archive = pack.archive();
    let added = added(wanted, &input)?;
    Ok(Plan {
        pack,
        archive,
        input,
        added,
        rules,
        services,
        destinations: statuses,
        destination_fault: fault,
        update,
        beside,
    })
}

/// The pinned template, the one asked for, or the compiled-in one when nothing was applied yet.
fn choose_template(observed: &Observed) -> Result<(Pack, Option<String>), Refusal> {
    let spec = &observed.flag.spec;
    let known = Pack::builtin_names();
    for (index, reference) in spec.packs.iter().enumerate() {
        if !known.contains(&reference.name) {
            let pointer = format!("/spec/packs/{index}/name");
            return Err(unknown(&pointer, format!("there is no pack `{}`", reference.name), known_packs()));
        }
    }
    let builtin = Pack::builtin(BASE).ok_or_else(|| {
        unknown("/spec/packs", "the pack `base` is not compiled in".into(), "Use a released operator".into())
    })?;
    let pinned = observed.flag.status.as_ref().and_then(|status| status.template.as_ref());
    let newest = builtin.manifest.version.clone();
    match spec.template.version.as_deref() {
        Some("newest") => return Ok((builtin, None)),
        Some(version) if version == newest => return Ok((builtin, None)),
        Some(version) if pinned.is_none_or(|pinned| pinned.version != version) => {
            return Err(unknown(
                "/spec/template/version",
                format!("template base {version} is not known to this operator"),
                format!("It has {newest}; leave the version out to keep what is applied"),
            ));
        }
        _ => {}
    }
    let Some(pinned) = pinned else { return Ok((builtin, None)) };
    if pinned.digest == builtin.digest {
        return Ok((builtin, None));
    }
    let from_cache = observed.cached_template.as_deref().map(|bytes| Pack::from_archive(bytes, Some(&pinned.digest)));
    match from_cache {
        Some(Ok(pack)) => Ok((pack, Some(newest))),
        // Same version, other bytes: a development build. A lost cache must not leave the cluster without a template.
        _ if pinned.version == newest => Ok((builtin, None)),
        other => {
            let why = match other {
                Some(Err(problems)) => problems.first().map(ToString::to_string).unwrap_or_default(),
                _ => "it is gone".into(),
            };
            Err(unknown(
                "/status/template",
                format!(
                    "the applied template base {} can no longer be read from the cluster: {why}. What runs is left as it is",
                    pinned.version
                ),
                format!("Set spec.template.version to {newest} to go on with the operator's own"),
            ))
        }
    }
}

/// The packs beside `base`. They are compiled in, and change with the operator.
fn added(wanted: &Wanted, base: &Input) -> Result<Vec<(Pack, Input)>, Refusal> {
    let mut added = vec![];
    for (name, layers) in &wanted.added {
        let Some(pack) = Pack::builtin(name) else {
            return Err(unknown("/spec/packs", format!("there is no pack `{name}`"), known_packs()));
        };
        let values = values(layers, &pack).map_err(|mut refusal| {
            for problem in &mut refusal.problems {
                problem.message = format!("pack {name}: {}", problem.message);
            }
            refusal
        })?;
        added.push((pack, Input { values, ..base.clone() }));
    }
    Ok(added)
}

fn known_packs() -> String {
    format!("Packs of this operator: {}", Pack::builtin_names().join(", "))
}

fn unknown(pointer: &str, message: String, fix: String) -> Refusal {
    let place = Place::pointer("ClusterObservability cluster", pointer);
    Refusal::new(Reason::TemplateUnknown, Problem::new(place, "operator.template_unknown", message).with_fix(fix))
}

fn values(wanted: &[ValueLayer], pack: &Pack) -> Result<LayeredValues, Refusal> {
    let mut layers = vec![pack.defaults()];
    layers.extend(wanted.iter().cloned());
    let values = LayeredValues::merge(&layers);
    let problems = pack.validate(&values);
    if problems.is_empty() { Ok(values) } else { Err(Refusal { reason: Reason::TemplateInvalid, problems }) }
}

/// Destinations whose Secrets can be read; the others are left out and said.
fn usable_destinations(
    observed: &Observed,
    wanted: &Wanted,
) -> (Vec<Destination>, Vec<DestinationStatus>, Option<(Reason, String)>) {
    let mut usable = vec![];
    let mut statuses = vec![];
    let mut first_fault = None;
    for destination in &wanted.destinations {
        let fault = destination.secret_keys().into_iter().find_map(|key| {
            let fault = observed.secret_faults.get(&(key.name.clone(), key.key.clone()))?;
            let place = format!("destination {}: Secret {}/{}", destination.name, key.namespace, key.name);
            Some(match fault {
                SecretFault::Missing => {
                    (Reason::SecretMissing, format!("{place} does not exist; create it with key `{}`", key.key))
                }
                SecretFault::NoKey => (Reason::SecretUnreadable, format!("{place} has no key `{}`", key.key)),
                SecretFault::Forbidden(message) => {
                    (Reason::SecretUnreadable, format!("{place} may not be read: {message}"))
                }
            })
        });
        statuses.push(DestinationStatus {
            name: destination.name.clone(),
            signal: match destination.signal {
                Signal::Metrics => "metrics".into(),
                Signal::Logs => "logs".into(),
                Signal::Otlp => "otlp".into(),
            },
            usable: fault.is_none(),
            message: fault.as_ref().map(|(_, message)| message.clone()).unwrap_or_default(),
        });
        match fault {
            None => usable.push(destination.clone()),
            Some(fault) => {
                first_fault.get_or_insert(fault);
            }
        }
    }
    (usable, statuses, first_fault)
}

/// The facts, with what a person set in the flag in place of what was found.
fn with_settings(observed: &Observed) -> flagstaff_model::Facts {
    let mut facts = observed.facts.clone();
    observed.flag.spec.cluster.overlay(&mut facts.cluster);
    facts
}

fn rules_target(observed: &Observed) -> Result<RulesTarget, Refusal> {
    let has_crd = observed.facts.apis.contains("monitoring.coreos.com/v1/PrometheusRule");
    let dashboards_crd = observed.facts.apis.contains("grafana.integreatly.org/v1beta1/GrafanaDashboard");
    let missing = |pointer: &str, kind: &str| {
        let problem = Problem::new(
            Place::pointer("ClusterObservability cluster", pointer),
            "operator.requirement_missing",
            format!("this cluster has no {kind}"),
        )
        .with_fix(format!("Install its CRD, or set {pointer} to configmap"));
        Refusal::new(Reason::RequirementMissing, problem)
    };
    if observed.flag.spec.dashboards.target == flagstaff_crds::DashboardsTarget::Crd && !dashboards_crd {
        return Err(missing("/spec/dashboards/target", "GrafanaDashboard"));
    }
    match observed.flag.spec.rules.target {
        RulesTarget::Auto if has_crd => Ok(RulesTarget::Prometheusrule),
        RulesTarget::Auto => Ok(RulesTarget::Configmap),
        RulesTarget::Prometheusrule if !has_crd => Err(missing("/spec/rules/target", "PrometheusRule")),
        target => Ok(target),
    }
}

/// Whether a component of ours is installed, by what is there already.
fn beside(observed: &Observed, component: foreign::Component) -> foreign::ComponentInput {
    let setting = match component {
        foreign::Component::NodeExporter => observed.flag.spec.components.node_exporter,
        foreign::Component::KubeStateMetrics => observed.flag.spec.components.kube_state_metrics,
    };
    let no_host = observed.flag.spec.profile == Profile::NoHost && component == foreign::Component::NodeExporter;
    let setting = match setting {
        _ if no_host => foreign::Setting::Off,
        Component::Auto => foreign::Setting::Auto,
        Component::On => foreign::Setting::On,
        Component::Off => foreign::Setting::Off,
    };
    foreign::decide(&foreign::Question {
        component,
        setting,
        foreign: observed.foreign.of(component),
        host_ports: &observed.foreign.host_ports,
        current: None,
    })
}

/// Each component as on or off; `auto` is on but for OTLP, which opens a port.
fn components(
    observed: &Observed,
    node_exporter: &foreign::ComponentInput,
    kube_state_metrics: &foreign::ComponentInput,
) -> BTreeMap<String, bool> {
    let setting = &observed.flag.spec.components;
    let prometheus_operator = observed.facts.apis.iter().any(|api| api.starts_with("monitoring.coreos.com/"));
    let on = |setting: Component, auto: bool| match setting {
        Component::On => true,
        Component::Off => false,
        Component::Auto => auto,
    };
    let has = |component: &foreign::ComponentInput| component.install || component.foreign.is_some();
    BTreeMap::from([
        ("logs".into(), on(setting.logs, true)),
        ("events".into(), on(setting.events, true)),
        ("control_plane".into(), on(setting.control_plane, true)),
        ("prometheus_operator_crds".into(), on(setting.prometheus_operator_objects, prometheus_operator)),
        ("otlp".into(), on(setting.otlp, false)),
        ("node_exporter".into(), has(node_exporter)),
        ("kube_state_metrics".into(), has(kube_state_metrics)),
    ])
}

/// The proxy of the operator's own environment serves the agents too.
fn proxy() -> Proxy {
    let read = |upper: &str, lower: &str| std::env::var(upper).or_else(|_| std::env::var(lower)).unwrap_or_default();
    Proxy {
        http: read("HTTP_PROXY", "http_proxy"),
        https: read("HTTPS_PROXY", "https_proxy"),
        no: read("NO_PROXY", "no_proxy"),
    }
}
