//! What a team's flag becomes: rules bound to its own namespace, owned by it. Needs no client.

use kube::ResourceExt;
use serde_json::{Value, json};

use flagstaff_crds::{ClusterObservability, RulesTarget, ServiceObservability, TeamRule};
use flagstaff_model::{Place, Problem};
use flagstaff_template::promql;

use crate::build::Builder;
use crate::object::{Desired, Owner};

/// What became of one team's flag.
#[derive(Debug)]
pub struct TeamOutcome {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its generation.
    pub generation: i64,
    /// The objects made for it.
    pub objects: Vec<Desired>,
    /// Its rules as groups of a rule file; empty without rules.
    pub groups: Value,
    /// Rules that are loaded.
    pub rules: usize,
    /// Rules and fields that were refused, each with its place.
    pub problems: Vec<Problem>,
}

/// Makes what a team asked for. A rule that cannot be bound to the namespace is refused alone; the others are made.
pub fn build(
    service: &ServiceObservability,
    target: RulesTarget,
    flag: &ClusterObservability,
    builder: &Builder,
) -> TeamOutcome {
    let namespace = service.namespace().unwrap_or_default();
    let name = service.name_any();
    let mut problems = vec![];
    let mut rules = vec![];
    for (index, rule) in service.spec.rules.iter().enumerate() {
        let place =
            Place::pointer(format!("ServiceObservability {namespace}/{name}"), format!("/spec/rules/{index}/expr"));
        match bind(rule, &namespace, &place) {
            Ok(rule) => rules.push(rule),
            Err(problem) => problems.push(problem),
        }
    }
    let mut objects = vec![];
    let groups = match rules.is_empty() {
        true => json!([]),
        false => json!([{"name": format!("{namespace}.{name}"), "rules": rules}]),
    };
    if !rules.is_empty() && target != RulesTarget::Off {
        let owner = Owner { kind: "ServiceObservability", name: name.clone(), uid: service.uid().unwrap_or_default() };
        let file = format!("{namespace}.{name}");
        match builder.rules_object(&format!("flagstaff-team-{name}"), &file, &groups) {
            Ok(None) => {}
            Err(problem) => problems.push(problem),
            Ok(Some(mut value)) => {
                value["metadata"]["namespace"] = json!(namespace);
                match builder.owned_by(value, &owner, &Place::file(format!("ServiceObservability {namespace}/{name}")))
                {
                    Ok(object) => objects.push(object),
                    Err(refusal) => problems.extend(refusal.problems),
                }
            }
        }
    }
    tracing::debug!(flag = flag.name_any(), namespace, name, rules = rules.len(), "a team's flag is built");
    TeamOutcome {
        namespace,
        name,
        generation: service.metadata.generation.unwrap_or_default(),
        objects,
        groups,
        rules: rules.len(),
        problems,
    }
}

/// One rule with every selector, and its own namespace label, bound to the team's namespace.
fn bind(rule: &TeamRule, namespace: &str, place: &Place) -> Result<Value, Problem> {
    let expr = promql::pin_namespace(&rule.expr, namespace, place)?;
    let mut labels = rule.labels.clone();
    labels.insert("namespace".into(), namespace.to_owned());
    let mut value = json!({"expr": expr, "labels": labels});
    if let Some(alert) = &rule.alert {
        value["alert"] = json!(alert);
        if let Some(duration) = &rule.for_ {
            value["for"] = json!(duration);
        }
        if !rule.annotations.is_empty() {
            value["annotations"] = json!(rule.annotations);
        }
    }
    if let Some(record) = &rule.record {
        value["record"] = json!(record);
    }
    Ok(value)
}
