//! `pack.yaml`: what a pack says about itself.

use std::collections::BTreeMap;

use flagstaff_model::{Place, Problem};
use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code::Code;
use crate::yaml;

/// Name of the file.
pub const MANIFEST: &str = "pack.yaml";

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackManifest {
    /// A DNS label.
    pub name: String,
    /// A semantic version.
    pub version: String,
    /// What it installs, in one sentence.
    pub summary: String,
    /// What it asks for.
    #[serde(default)]
    pub requires: Requires,
    /// JSON Schema (2020-12) of the values; an object schema.
    #[serde(default = "no_parameters")]
    pub parameters: Value,
    /// Agent configurations.
    #[serde(default)]
    pub agents: Vec<Agent>,
    /// Conditions for whole manifest files.
    #[serde(default)]
    pub manifests: Vec<Conditional>,
    /// Conditions for whole rule files.
    #[serde(default)]
    pub rules: Vec<Conditional>,
    /// Where dashboards go, and conditions for them.
    #[serde(default)]
    pub dashboards: Dashboards,
}

/// What a pack asks for; `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requires {
    /// Operator versions that can render it, as a semver requirement such as `>=0.1.0`.
    pub operator: Option<String>,
    /// Kubernetes server versions, such as `>=1.33`.
    pub kubernetes: Option<String>,
}

/// One agent configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// A DNS label; its ConfigMap is `flagstaff-agent-<name>`.
    pub name: String,
    /// Path of the Alloy file.
    pub configuration: String,
    /// Condition; always where left out.
    #[serde(default)]
    pub when: Option<String>,
    /// What runs it.
    pub workload: Workload,
}

/// The workload that runs an agent configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// `DaemonSet`, `Deployment` or `StatefulSet`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A condition for a whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditional {
    /// Path of the file.
    pub file: String,
    /// A MiniJinja expression.
    pub when: String,
}

/// Where dashboards go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboards {
    /// Grafana folder of every dashboard.
    #[serde(default = "default_folder")]
    pub folder: String,
    /// Conditions for whole dashboards.
    #[serde(default)]
    pub files: Vec<Conditional>,
}

impl Default for Dashboards {
    fn default() -> Self {
        Self { folder: default_folder(), files: vec![] }
    }
}

fn default_folder() -> String {
    "Flagstaff".into()
}

fn no_parameters() -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": {} })
}

impl PackManifest {
    /// Reads and checks `pack.yaml` against the other files of the pack.
    pub(crate) fn read(text: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Vec<Problem>> {
        let document = yaml::single(text, MANIFEST).map_err(|problem| {
            let empty = problem.code == Code::Empty.as_str();
            vec![if empty { Code::Manifest.at(problem.place, "pack.yaml has no content") } else { problem }]
        })?;
        let manifest: Self = serde_json::from_value(document.value.clone())
            .map_err(|error| vec![Code::Manifest.at(Place::file(MANIFEST), error.to_string())])?;
        let mut problems = vec![];
        let mut refuse = |pointer: &str, code: Code, message: String| {
            problems.push(code.at(document.place(MANIFEST, pointer), message));
        };
        if !is_dns_label(&manifest.name) {
            refuse("/name", Code::Manifest, format!("`{}` is not a DNS label", manifest.name));
        }
        if let Err(error) = Version::parse(&manifest.version) {
            refuse("/version", Code::Manifest, format!("`{}` is not a semantic version: {error}", manifest.version));
        }
        if manifest.summary.trim().is_empty() || manifest.summary.contains('\n') {
            refuse("/summary", Code::Manifest, "the summary has to be one sentence on one line".into());
        }
        let requires = [("operator", &manifest.requires.operator), ("kubernetes", &manifest.requires.kubernetes)];
        for (key, requirement) in requires {
            if let Some(Err(error)) = requirement.as_deref().map(VersionReq::parse) {
                refuse(&format!("/requires/{key}"), Code::Manifest, format!("not a version requirement: {error}"));
            }
        }
        if !manifest.parameters.is_object() {
            refuse("/parameters", Code::Schema, "the parameters have to be a JSON Schema object".into());
        }
        let mut names = vec![];
        for (index, agent) in manifest.agents.iter().enumerate() {
            let pointer = format!("/agents/{index}");
            if !is_dns_label(&agent.name) || agent.name.len() > 40 {
                let message = format!("`{}` is not a DNS label of at most 40 characters", agent.name);
                refuse(&format!("{pointer}/name"), Code::Manifest, message);
            }
            if names.contains(&&agent.name) {
                refuse(&format!("{pointer}/name"), Code::Manifest, format!("two agents are named `{}`", agent.name));
            }
            names.push(&agent.name);
            if !["DaemonSet", "Deployment", "StatefulSet"].contains(&agent.workload.kind.as_str()) {
                let message = format!("`{}` is not DaemonSet, Deployment or StatefulSet", agent.workload.kind);
                refuse(&format!("{pointer}/workload/kind"), Code::Manifest, message);
            }
            if let Err((code, message)) = belongs(&agent.configuration, "alloy/", files) {
                refuse(&format!("{pointer}/configuration"), code, message);
            }
        }
        let lists = [
            ("/manifests", "manifests/", &manifest.manifests),
            ("/rules", "rules/", &manifest.rules),
            ("/dashboards/files", "dashboards/", &manifest.dashboards.files),
        ];
        for (list, folder, entries) in lists {
            for (index, entry) in entries.iter().enumerate() {
                if let Err((code, message)) = belongs(&entry.file, folder, files) {
                    refuse(&format!("{list}/{index}/file"), code, message);
                }
                if entries[..index].iter().any(|other| other.file == entry.file) {
                    let message = format!("`{}` has two conditions", entry.file);
                    refuse(&format!("{list}/{index}/file"), Code::Manifest, message);
                }
            }
        }
        if problems.is_empty() { Ok(manifest) } else { Err(problems) }
    }
}

impl Requires {
    /// What of it this operator or this cluster does not fulfil.
    ///
    /// `operator` is a version such as `0.1.0`, `kubernetes` one as the server gives it (`v1.36.3-gke.10+abc`).
    pub fn check(&self, operator: &str, kubernetes: &str) -> Vec<Problem> {
        let asks = [
            ("operator", "operator", &self.operator, operator),
            ("kubernetes", "Kubernetes", &self.kubernetes, kubernetes),
        ];
        let mut problems = vec![];
        for (key, name, requirement, version) in asks {
            let Some(requirement) = requirement else { continue };
            let place = Place::pointer(MANIFEST, format!("/requires/{key}"));
            match (VersionReq::parse(requirement), release(version)) {
                (Ok(parsed), Some(found)) if parsed.matches(&found) => {}
                (Ok(_), Some(_)) => problems.push(
                    Code::Requirement.at(place, format!("the pack asks for {name} {requirement}, this is {version}")),
                ),
                (Ok(_), None) => problems
                    .push(Code::Requirement.at(place, format!("`{version}` is not a version that can be compared"))),
                (Err(error), _) => {
                    problems.push(Code::Manifest.at(place, format!("not a version requirement: {error}")));
                }
            }
        }
        problems
    }
}

/// The release a version belongs to: vendors' suffixes say nothing of what a server can do.
fn release(version: &str) -> Option<Version> {
    let plain = version.trim().trim_start_matches('v').split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(str::parse);
    let (major, minor) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let patch = parts.next().unwrap_or(Ok(0)).ok()?;
    Some(Version::new(major, minor, patch))
}

/// Whether a name is a DNS label (RFC 1123).
pub(crate) fn is_dns_label(name: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

fn belongs(path: &str, folder: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<(), (Code, String)> {
    if !path.starts_with(folder) {
        return Err((Code::FileMissing, format!("`{path}` does not lie in {folder}")));
    }
    if !files.contains_key(path) {
        return Err((Code::FileMissing, format!("the pack has no file `{path}`")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requires(operator: &str, kubernetes: &str) -> Requires {
        Requires { operator: Some(operator.into()), kubernetes: Some(kubernetes.into()) }
    }

    #[test]
    fn requirements_ignore_what_vendors_append() {
        assert!(requires(">=0.1.0", ">=1.33").check("0.1.0", "v1.36.3-gke.1020+0a1b").is_empty());
        assert!(requires(">=0.1.0", ">=1.33").check("0.2.0-rc.1", "v1.33").is_empty());
        let problems = requires(">=9", ">=1.33").check("0.1.0", "v1.30.1");
        assert_eq!(problems.len(), 2);
        assert!(problems[1].message.contains("v1.30.1"));
        assert_eq!(requires(">=0", ">=1").check("0.1.0", "unknown").len(), 1);
    }

    #[test]
    fn every_problem_of_a_manifest_is_told_with_its_line() {
        let text = "name: Base_1\nversion: one\nsummary: x\nrequires: {kubernetes: new}\nagents:\n- name: n\n  configuration: alloy/x.alloy\n  workload: {kind: Job, name: n}\n";
        let problems = PackManifest::read(text, &BTreeMap::new()).unwrap_err();
        let lines: Vec<Option<usize>> = problems.iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [Some(1), Some(2), Some(4), Some(8), Some(7)]);
    }
}
