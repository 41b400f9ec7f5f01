//! The custom resource definitions: there, ready, and those of this version.

use flagstaff_crds::definition;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, ResourceExt};

use super::Cluster;
use super::check::{Check, sentence};

const CHECK: &str = "definitions";
const INSTALL: &str =
    "helm install flagstaff-crds charts/flagstaff-crds --namespace flagstaff --create-namespace (before the operator)";
const UPGRADE: &str = "helm upgrade flagstaff-crds charts/flagstaff-crds --namespace flagstaff";

/// How one definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    NotEstablished,
    Different,
    Current,
}

/// Looks at each definition.
pub async fn check(cluster: &Cluster, operator_installed: bool) -> Vec<Check> {
    let api: Api<CustomResourceDefinition> = Api::all(cluster.client.clone());
    let mut states = vec![];
    for wanted in definition::all() {
        match api.get_opt(&wanted.name_any()).await {
            Ok(found) => states.push((wanted.name_any(), state(&wanted, found.as_ref()))),
            Err(error) => {
                let fix = "Grant get on customresourcedefinitions, or ask somebody who has it.";
                return vec![Check::unknown(CHECK, sentence(&error), fix)];
            }
        }
    }
    told(&states, operator_installed)
}

fn state(wanted: &CustomResourceDefinition, found: Option<&CustomResourceDefinition>) -> State {
    let Some(found) = found else { return State::Missing };
    let established = found.status.iter().flat_map(|status| status.conditions.iter().flatten());
    if !established.into_iter().any(|condition| condition.type_ == "Established" && condition.status == "True") {
        return State::NotEstablished;
    }
    // The API server fills in what was left out elsewhere; the schema stays as it was given.
    let schemas = |it: &CustomResourceDefinition| -> Vec<_> {
        let versions = it.spec.versions.iter();
        versions.map(|version| (version.name.clone(), version.served, version.schema.clone())).collect()
    };
    if schemas(wanted) == schemas(found) { State::Current } else { State::Different }
}

fn told(states: &[(String, State)], operator_installed: bool) -> Vec<Check> {
    let named = |wanted: State| -> Option<String> {
        let names: Vec<&str> =
            states.iter().filter(|(_, state)| *state == wanted).map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let mut checks = vec![];
    if let Some(names) = named(State::Missing) {
        checks.push(if operator_installed {
            Check::problem(CHECK, format!("the operator is installed, and there is no {names}"), INSTALL)
        } else {
            Check::warning(CHECK, format!("not installed yet: {names}"), INSTALL)
        });
    }
    if let Some(names) = named(State::NotEstablished) {
        let fix = format!("kubectl describe crd {names} says what stands against it");
        checks.push(Check::problem(CHECK, format!("installed and not served: {names}"), fix));
    }
    if let Some(names) = named(State::Different) {
        let version = env!("CARGO_PKG_VERSION");
        checks.push(Check::warning(CHECK, format!("of another version than {version}: {names}"), UPGRADE));
    }
    if let Some(names) = named(State::Current) {
        checks.push(Check::ok(CHECK, format!("installed and current: {names}")));
    }
    checks
}
